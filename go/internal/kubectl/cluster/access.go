// Package cluster reads a pipeline's resources and opens connections to its pods.
package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/dynamic"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// The resources that the commands read.
var (
	Pipelines      = resourcesOf(contract.KindClickstreamPipeline)
	Platforms      = resourcesOf(contract.KindDataPlatform)
	EventStreams   = resourcesOf(contract.KindEventStream)
	LakeTables     = resourcesOf(contract.KindLakeTable)
	QueryClusters  = resourcesOf(contract.KindQueryCluster)
	ServingTables  = resourcesOf(contract.KindServingTable)
	DataProducts   = resourcesOf(contract.KindDataProduct)
	Deployments    = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	StatefulSets   = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}
	podsOfAnything = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

func resourcesOf(kind contract.Kind) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: contract.Group, Version: contract.Version, Resource: kind.Plural}
}

// kindNames are how a person calls the resources above.
var kindNames = map[schema.GroupVersionResource]string{
	Pipelines: contract.KindClickstreamPipeline.Name, Platforms: contract.KindDataPlatform.Name, EventStreams: contract.KindEventStream.Name,
	LakeTables: contract.KindLakeTable.Name, QueryClusters: contract.KindQueryCluster.Name, ServingTables: contract.KindServingTable.Name,
	DataProducts: contract.KindDataProduct.Name, Deployments: "Deployment", StatefulSets: "StatefulSet", podsOfAnything: "Pod",
}

// Access reaches one namespace of a cluster.
type Access struct {
	Namespace string
	config    *rest.Config
	dynamic   dynamic.Interface
	core      corev1.CoreV1Interface
}

// Connect reads the kubeconfig; it does not speak to the cluster yet.
func Connect(flags *genericclioptions.ConfigFlags) (*Access, error) {
	loader := flags.ToRawKubeConfigLoader()
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	if raw, err := loader.RawConfig(); err == nil && len(raw.Clusters) == 0 && *flags.APIServer == "" && !isInPod() {
		// The client would try localhost:8080 and complain about that.
		return nil, errors.New("there is no cluster to speak to; set KUBECONFIG, or name a file with --kubeconfig")
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	return NewAccess(config, namespace)
}

func isInPod() bool { return os.Getenv("KUBERNETES_SERVICE_HOST") != "" }

// NewAccess returns access to a namespace with a configuration that is already read.
func NewAccess(config *rest.Config, namespace string) (*Access, error) {
	config = rest.CopyConfig(config)
	config.WarningHandler = rest.NoWarnings{}
	resources, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	core, err := corev1.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Access{Namespace: namespace, config: config, dynamic: resources, core: core}, nil
}

// Get reads one resource. Its error says what to do when the resource or the whole kind is not there.
func (a *Access) Get(ctx context.Context, resource schema.GroupVersionResource, name string) (*unstructured.Unstructured, error) {
	object, err := a.dynamic.Resource(resource).Namespace(a.Namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case err == nil:
		return object, nil
	case !apierrors.IsNotFound(err):
		return nil, fmt.Errorf("reading %s %q: %w", kindNames[resource], name, err)
	case isUnknownKind(err):
		return nil, fmt.Errorf("the cluster does not know the kind %s; install the operator and its CRDs first", kindNames[resource])
	default:
		return nil, &NotFoundError{Kind: kindNames[resource], Name: name, Namespace: a.Namespace}
	}
}

// In reaches another namespace of the same cluster.
func (a *Access) In(namespace string) *Access {
	there := *a
	there.Namespace = namespace
	return &there
}

// Annotate sets annotations of a resource, and removes those that are nil.
func (a *Access) Annotate(ctx context.Context, resource schema.GroupVersionResource, name string, annotations map[string]any) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": annotations}})
	if err != nil {
		return err
	}
	options := metav1.PatchOptions{FieldManager: "kubectl-clickstream"}
	if _, err = a.dynamic.Resource(resource).Namespace(a.Namespace).Patch(ctx, name, types.MergePatchType, patch, options); err != nil {
		return fmt.Errorf("annotating %s %q: %w", kindNames[resource], name, err)
	}
	return nil
}

// NotFoundError says that a resource is not there.
type NotFoundError struct{ Kind, Name, Namespace string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("there is no %s %q in namespace %q; another one is chosen with --namespace", e.Kind, e.Name, e.Namespace)
}

// isUnknownKind tells a 404 of the whole collection, which is no answer of the API's own, from that of one object.
func isUnknownKind(err error) bool {
	return apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse)
}

// List reads the resources of a kind that have the labels; an empty selector means all of the namespace.
func (a *Access) List(ctx context.Context, resource schema.GroupVersionResource, selector string) ([]unstructured.Unstructured, error) {
	list, err := a.dynamic.Resource(resource).Namespace(a.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, fmt.Errorf("listing each %s: %w", kindNames[resource], err)
	}
	return list.Items, nil
}

// Pods reads the pods that have the labels.
func (a *Access) Pods(ctx context.Context, selector string) ([]unstructured.Unstructured, error) {
	return a.List(ctx, podsOfAnything, selector)
}
