package tree

import (
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// pauseLine tells that a resource is paused, and by whom and when as the API server has noted it. False when it is not.
func pauseLine(object *unstructured.Unstructured) (Line, bool) {
	if object.GetAnnotations()[contract.AnnotationPaused] != "true" {
		return Line{}, false
	}
	text := "paused by the annotation " + contract.AnnotationPaused
	if setter := setterOf(object.GetManagedFields()); setter != nil {
		text += ", set by " + setter.Manager
		if setter.Time != nil {
			text += " at " + setter.Time.UTC().Format(time.RFC3339)
		}
	}
	return Line{UnderWay, text}, true
}

// setterOf is who last wrote the annotation among those who own it.
func setterOf(managed []metav1.ManagedFieldsEntry) *metav1.ManagedFieldsEntry {
	var found *metav1.ManagedFieldsEntry
	for i := range managed {
		entry := &managed[i]
		if !ownsPause(entry) {
			continue
		}
		if found == nil || found.Time.Before(entry.Time) {
			found = entry
		}
	}
	return found
}

func ownsPause(entry *metav1.ManagedFieldsEntry) bool {
	if entry.FieldsV1 == nil {
		return false
	}
	var fields struct {
		Metadata struct {
			Annotations map[string]json.RawMessage `json:"f:annotations"`
		} `json:"f:metadata"`
	}
	if err := json.Unmarshal(entry.FieldsV1.Raw, &fields); err != nil {
		return false
	}
	_, isOwned := fields.Metadata.Annotations["f:"+contract.AnnotationPaused]
	return isOwned
}
