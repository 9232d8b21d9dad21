// Package clustertest is a small stand-in for a Kubernetes API server: it answers for objects that a test gives it,
// and forwards ports of pods to addresses of this machine. Only tests use it.
package clustertest

import (
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/apimachinery/pkg/util/httpstream/spdy"
)

// Object is a Kubernetes object as JSON has it.
type Object = map[string]any

// Server is the stand-in.
type Server struct {
	*httptest.Server
	t *testing.T
	// objects are kept by their path; a collection exists once an object was put into it, or by AddKind.
	objects     map[string]Object
	collections map[string]bool
	// refused are the paths that nobody may use.
	refused map[string]bool
	// forwards are where connections to "pod:port" go.
	forwards map[string]string
	// OnAnnotated is called with an object whose annotations were patched, and may change it as a controller would.
	OnAnnotated func(Object)
}

// New starts a server that knows no kind yet.
func New(t *testing.T) *Server {
	t.Helper()
	s := &Server{t: t, objects: map[string]Object{}, collections: map[string]bool{}, refused: map[string]bool{}, forwards: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// AddKind makes a collection known, such as /apis/openclickstream.io/v1alpha1/namespaces/shop/laketables.
func (s *Server) AddKind(collection string) { s.collections[collection] = true }

// Put adds an object, given as JSON, to a collection.
func (s *Server) Put(collection, text string) {
	s.t.Helper()
	var object Object
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	s.AddKind(collection)
	object["kind"], object["apiVersion"] = kindOf(collection)
	metadata, _ := object["metadata"].(Object)
	name, _ := metadata["name"].(string)
	s.objects[path.Join(collection, name)] = object
}

// Remove takes an object away.
func (s *Server) Remove(collection, name string) { delete(s.objects, path.Join(collection, name)) }

// Forward sends connections to a port of a pod to an address.
func (s *Server) Forward(pod, port, address string) { s.forwards[pod+":"+port] = address }

// Refuse answers for a path, with all that is below it, that the user has no right to it.
func (s *Server) Refuse(path string) { s.refused[path] = true }

func (s *Server) isRefused(path string) bool {
	for refused := range s.refused {
		if strings.HasPrefix(path+"/", refused+"/") {
			return true
		}
	}
	return false
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	object, isObject := s.objects[r.URL.Path]
	switch {
	case s.isRefused(r.URL.Path):
		s.write(w, http.StatusForbidden, Object{
			"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": http.StatusForbidden,
			"message": "you cannot use " + r.URL.Path,
		})
	case strings.HasSuffix(r.URL.Path, "/portforward"):
		s.forward(w, r)
	case isObject && r.Method == http.MethodPatch:
		s.annotate(object, r)
		s.write(w, http.StatusOK, object)
	case isObject:
		s.write(w, http.StatusOK, object)
	case s.collections[r.URL.Path]:
		s.write(w, http.StatusOK, s.list(r))
	case s.collections[path.Dir(r.URL.Path)]:
		s.write(w, http.StatusNotFound, Object{
			"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": http.StatusNotFound,
			"message": path.Base(r.URL.Path) + " not found", "details": Object{"name": path.Base(r.URL.Path)},
		})
	default:
		http.NotFound(w, r) // what an API server says of a kind that it does not know
	}
}

// annotate takes a merge patch over that sets annotations, and removes those that are null.
func (s *Server) annotate(object Object, r *http.Request) {
	var patch struct {
		Metadata struct {
			Annotations Object `json:"annotations"`
		} `json:"metadata"`
	}
	if err := json.NewDecoder(r.Body).Decode(&patch); err != nil {
		s.t.Error(err)
	}
	metadata := object["metadata"].(Object)
	annotations, hasAny := metadata["annotations"].(Object)
	if !hasAny {
		annotations = Object{}
		metadata["annotations"] = annotations
	}
	maps.Copy(annotations, patch.Metadata.Annotations)
	maps.DeleteFunc(annotations, func(_ string, value any) bool { return value == nil })
	if s.OnAnnotated != nil {
		s.OnAnnotated(object)
	}
}

func (s *Server) write(w http.ResponseWriter, status int, object Object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(object); err != nil {
		s.t.Error(err)
	}
}

func (s *Server) list(r *http.Request) Object {
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		s.t.Error(err)
	}
	items := []Object{}
	for at, object := range s.objects {
		if path.Dir(at) == r.URL.Path && selector.Matches(labelsOf(object)) {
			items = append(items, object)
		}
	}
	kind, apiVersion := kindOf(r.URL.Path)
	return Object{"kind": kind + "List", "apiVersion": apiVersion, "metadata": Object{}, "items": items}
}

var kinds = map[string]string{
	"services": "Service", "secrets": "Secret", "pods": "Pod", "deployments": "Deployment", "statefulsets": "StatefulSet",
	"clickstreampipelines": "ClickstreamPipeline", "dataplatforms": "DataPlatform", "eventstreams": "EventStream",
	"laketables": "LakeTable", "servingtables": "ServingTable", "queryclusters": "QueryCluster", "dataproducts": "DataProduct",
}

// kindOf reads kind and version off a path such as /apis/apps/v1/namespaces/shop/deployments.
func kindOf(collection string) (kind, apiVersion string) {
	version, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(collection, "/apis/"), "/api/"), "/namespaces/")
	return kinds[path.Base(collection)], version
}

func labelsOf(object Object) labels.Set {
	set := labels.Set{}
	metadata, _ := object["metadata"].(Object)
	all, _ := metadata["labels"].(Object)
	for name, value := range all {
		set[name], _ = value.(string)
	}
	return set
}

// forward speaks SPDY only, as servers before Kubernetes 1.31 do.
func (s *Server) forward(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "websocket" {
		http.Error(w, "only SPDY here", http.StatusBadRequest)
		return
	}
	if _, err := httpstream.Handshake(r, w, []string{"portforward.k8s.io"}); err != nil {
		s.t.Error(err)
		return
	}
	pod := path.Base(path.Dir(r.URL.Path))
	streams := make(chan httpstream.Stream, 2)
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
		streams <- stream
		return nil
	})
	if connection == nil {
		return
	}
	defer func() { _ = connection.Close() }() // the client closes first
	failures, data := <-streams, <-streams
	address, isKnown := s.forwards[pod+":"+data.Headers().Get(corev1.PortHeader)]
	target, err := net.Dial("tcp", address)
	if err != nil || !isKnown {
		_, _ = io.WriteString(failures, "nothing listens there") // the client is the one to notice
		_ = failures.Close()
		<-connection.CloseChan()
		return
	}
	defer func() { _ = target.Close() }()
	_ = failures.Close() // nothing went wrong
	go func() {
		_, _ = io.Copy(target, data) // ends with the connection
	}()
	_, _ = io.Copy(data, target) // as above
	_ = data.Close()
}
