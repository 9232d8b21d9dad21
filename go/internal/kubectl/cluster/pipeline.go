package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Pipeline is what the commands need to know of a ClickstreamPipeline.
type Pipeline struct {
	Object    *unstructured.Unstructured
	Name      string
	Namespace string
	Platform  string
	Tables    Tables
}

// Tables are the pipeline's tables as "database.table".
type Tables struct{ Events, FailedEvents, DuplicateEvents string }

// CollectorService is the Deployment and the Service of the collector.
func (p *Pipeline) CollectorService() string { return childName(p.Name, contract.ChildCollector) }

// CollectorInternalService is the Service of the collector's metrics and accounting, which is never reached from outside.
func (p *Pipeline) CollectorInternalService() string {
	return childName(p.Name, contract.ChildCollectorInternal)
}

// StreamName is the StatefulSet, the Service and the ServiceAccount of the stream job.
func (p *Pipeline) StreamName() string { return childName(p.Name, contract.ChildStreamJob) }

// RawStreamName is the EventStream between collector and stream job.
func (p *Pipeline) RawStreamName() string { return childName(p.Name, contract.ChildRawStream) }

// LakeTableNames are the LakeTables of the pipeline: of events, failed events and duplicate events.
func (p *Pipeline) LakeTableNames() []string {
	return []string{
		childName(p.Name, contract.ChildEvents), childName(p.Name, contract.ChildFailedEvents), childName(p.Name, contract.ChildDuplicateEvents),
	}
}

// ProfileTableName is the ServingTable of the visitors' profiles, where they are kept.
func (p *Pipeline) ProfileTableName() string { return childName(p.Name, contract.ChildProfiles) }

// KeepsProfiles tells whether the operator keeps profiles for the pipeline.
func (p *Pipeline) KeepsProfiles() bool {
	return Text(p.Object.Object, contract.ClickstreamPipelineStatusProfilesTable...) != ""
}

// ProfileAPIName is the Deployment and the Service that answer profiles.
func (p *Pipeline) ProfileAPIName() string { return childName(p.Name, contract.ChildProfileAPI) }

// AnswersProfiles tells whether the operator runs the profile API for the pipeline.
func (p *Pipeline) AnswersProfiles() bool {
	return Text(p.Object.Object, contract.ClickstreamPipelineStatusProfilesAPIURL...) != ""
}

// ReadPipeline reads a pipeline and works out its tables: from its status, or else as the operator would name them.
func (a *Access) ReadPipeline(ctx context.Context, name string) (*Pipeline, error) {
	object, err := a.Get(ctx, Pipelines, name)
	if err != nil {
		return nil, err
	}
	p := &Pipeline{Object: object, Name: name, Namespace: a.Namespace, Platform: Text(object.Object, contract.ClickstreamPipelineSpecPlatformRefName...)}
	p.Tables = tablesOf(object.Object, a.Namespace, name)
	return p, nil
}

func tablesOf(object map[string]any, namespace, name string) Tables {
	database := Text(object, contract.ClickstreamPipelineSpecTablesDatabase...)
	if database == "" {
		database = defaultTableName(namespace, contract.DefaultDatabase)
	}
	prefix := Text(object, contract.ClickstreamPipelineSpecTablesPrefix...)
	if prefix == "" {
		prefix = defaultTableName(name, contract.DefaultPrefix)
	}
	table := func(field []string, suffix string) string {
		if known := Text(object, field...); known != "" {
			return known
		}
		return database + "." + prefix + suffix
	}
	return Tables{
		Events:          table(contract.ClickstreamPipelineStatusTablesEvents, contract.SuffixEvents),
		FailedEvents:    table(contract.ClickstreamPipelineStatusTablesFailedEvents, contract.SuffixFailedEvents),
		DuplicateEvents: table(contract.ClickstreamPipelineStatusTablesDuplicateEvents, contract.SuffixDuplicateEvents),
	}
}

// Text returns the string at a path of an object, or "" when there is none.
func Text(object map[string]any, path ...string) string {
	text, _, err := unstructured.NestedString(object, path...)
	if err != nil {
		return ""
	}
	return text
}

// QueryCluster is what the commands need to know of a QueryCluster.
type QueryCluster struct {
	Name string
	// Flight is the address of its Flight SQL gateway; empty where there is none.
	Flight string
	// IsFlightReady tells whether a pod of the gateway answers.
	IsFlightReady bool
	// HasUsers tells whether the gateway asks for a user and a password.
	HasUsers bool
}

// QueryCluster returns the QueryCluster that answers for a pipeline: the given one, or the first in the
// order of the alphabet that has the same platform, a ready one before others.
func (a *Access) QueryCluster(ctx context.Context, given string, pipeline *Pipeline) (*QueryCluster, error) {
	if given != "" {
		object, err := a.Get(ctx, QueryClusters, given)
		if err != nil {
			return nil, err
		}
		return queryClusterOf(object), nil
	}
	clusters, err := a.List(ctx, QueryClusters, "")
	if err != nil {
		return nil, err
	}
	clusters = slices.DeleteFunc(clusters, func(c unstructured.Unstructured) bool {
		return Text(c.Object, contract.QueryClusterSpecPlatformRefName...) != pipeline.Platform
	})
	if len(clusters) == 0 {
		return nil, fmt.Errorf("no QueryCluster in namespace %q has the platform %q of pipeline %q; make one, or name Trino with --trino-url",
			a.Namespace, pipeline.Platform, pipeline.Name)
	}
	best := slices.MinFunc(clusters, func(x, y unstructured.Unstructured) int {
		if readyX, readyY := isReady(&x), isReady(&y); readyX != readyY {
			if readyX {
				return -1
			}
			return 1
		}
		return strings.Compare(x.GetName(), y.GetName())
	})
	return queryClusterOf(&best), nil
}

func queryClusterOf(object *unstructured.Unstructured) *QueryCluster {
	ready, _, err := unstructured.NestedInt64(object.Object, contract.QueryClusterStatusFlightReadyReplicas...)
	return &QueryCluster{
		Name:          object.GetName(),
		Flight:        Text(object.Object, contract.QueryClusterStatusFlightEndpoint...),
		IsFlightReady: err == nil && ready > 0,
		HasUsers:      Text(object.Object, contract.QueryClusterSpecFlightUsersSecretRefName...) != "",
	}
}

func isReady(object *unstructured.Unstructured) bool {
	return slices.ContainsFunc(Conditions(object.Object), func(c Condition) bool { return c.Type == contract.ConditionReady && c.Status == "True" })
}

// Condition is one condition of a resource's status.
type Condition struct{ Type, Status, Reason, Message string }

// Conditions returns the conditions of a resource in their order.
func Conditions(object map[string]any) []Condition {
	items, _, err := unstructured.NestedSlice(object, "status", "conditions")
	if err != nil {
		return nil
	}
	var conditions []Condition
	for _, item := range items {
		if fields, isMap := item.(map[string]any); isMap {
			conditions = append(conditions, Condition{
				Type: Text(fields, "type"), Status: Text(fields, "status"), Reason: Text(fields, "reason"), Message: Text(fields, "message"),
			})
		}
	}
	return conditions
}

// IsNotFound reports whether err says that a resource is not there.
func IsNotFound(err error) bool {
	var notFound *NotFoundError
	return errors.As(err, &notFound)
}
