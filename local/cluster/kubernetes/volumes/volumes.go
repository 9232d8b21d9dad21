// Package volumes serves persistent volumes on one node: each claim of the storage class gets a folder of its own, and
// the folder goes with the claim. The folder's name has the claim's uid, so no claim ever sees another's data.
package volumes

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

const (
	provisionerName       = "openclickstream.io/local-volumes"
	provisionerAnnotation = "volume.kubernetes.io/storage-provisioner"
	nodeAnnotation        = "volume.kubernetes.io/selected-node"
	provisionedAnnotation = "pv.kubernetes.io/provisioned-by"
	resyncPeriod          = 30 * time.Second
)

type provisioner struct {
	client    kubernetes.Interface
	directory string
	claims    cache.Store
	volumes   cache.Store
	queue     workqueue.TypedRateLimitingInterface[change]
}

type change struct {
	isClaim bool
	key     string
}

// Main serves until it is told to stop. It needs no election of a leader: a cluster has one node and one of it.
func Main() {
	kubeconfig := flag.String("kubeconfig", "", "file with the address of the API server and the credentials")
	directory := flag.String("directory", "", "folder that holds a folder for each volume")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatalf("reading the kubeconfig: %v", err)
	}
	newProvisioner(kubernetes.NewForConfigOrDie(config), *directory).run(ctx)
}

func newProvisioner(client kubernetes.Interface, directory string) *provisioner {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[change](100*time.Millisecond, 30*time.Second)
	return &provisioner{client: client, directory: directory, queue: workqueue.NewTypedRateLimitingQueue(limiter)}
}

func (p *provisioner) run(ctx context.Context) {
	factory := informers.NewSharedInformerFactory(p.client, resyncPeriod)
	claims := factory.Core().V1().PersistentVolumeClaims().Informer()
	persistent := factory.Core().V1().PersistentVolumes().Informer()
	p.claims, p.volumes = claims.GetStore(), persistent.GetStore()
	claims.AddEventHandler(p.enqueue(true))
	persistent.AddEventHandler(p.enqueue(false))
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	klog.InfoS("Serving volumes", "directory", p.directory)
	go func() {
		<-ctx.Done()
		p.queue.ShutDown()
	}()
	for p.next(ctx) {
	}
}

func (p *provisioner) enqueue(isClaim bool) cache.ResourceEventHandler {
	add := func(object any) {
		if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
			p.queue.Add(change{isClaim: isClaim, key: key})
		}
	}
	return cache.ResourceEventHandlerFuncs{AddFunc: add, UpdateFunc: func(_, object any) { add(object) }}
}

func (p *provisioner) next(ctx context.Context) bool {
	item, stopped := p.queue.Get()
	if stopped {
		return false
	}
	defer p.queue.Done(item)
	if err := p.reconcile(ctx, item); err != nil {
		klog.ErrorS(err, "Volume not served", "key", item.key)
		p.queue.AddRateLimited(item)
		return true
	}
	p.queue.Forget(item)
	return true
}

func (p *provisioner) reconcile(ctx context.Context, item change) error {
	store := p.volumes
	if item.isClaim {
		store = p.claims
	}
	object, exists, err := store.GetByKey(item.key)
	if err != nil || !exists {
		return err
	}
	if claim, isClaim := object.(*corev1.PersistentVolumeClaim); isClaim {
		return p.provision(ctx, claim)
	}
	return p.reclaim(ctx, object.(*corev1.PersistentVolume))
}

func (p *provisioner) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	node := claim.Annotations[nodeAnnotation]
	if claim.Annotations[provisionerAnnotation] != provisionerName || claim.Spec.VolumeName != "" || node == "" {
		return nil
	}
	volume := wantedVolume(claim, node, p.directory)
	if _, exists, _ := p.volumes.GetByKey(volume.Name); exists {
		return nil // the binding of claim and volume is on its way
	}
	path := volume.Spec.Local.Path
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	// Against the umask: the pod may run as any user, with or without an fsGroup.
	if err := os.Chmod(path, 0o777); err != nil {
		return err
	}
	_, err := p.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("creating volume %q: %w", volume.Name, err)
	}
	klog.InfoS("Volume made", "volume", volume.Name, "claim", klog.KObj(claim))
	return nil
}

func wantedVolume(claim *corev1.PersistentVolumeClaim, node, directory string) *corev1.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	mode := corev1.PersistentVolumeFilesystem
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedAnnotation: provisionerName}},
		Spec: corev1.PersistentVolumeSpec{
			StorageClassName:              *claim.Spec.StorageClassName,
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      claim.Spec.Resources.Requests,
			VolumeMode:                    &mode,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				Local: &corev1.LocalVolumeSource{Path: filepath.Join(directory, name)},
			},
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{
					{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}},
				}}},
			}},
		},
	}
}

func (p *provisioner) reclaim(ctx context.Context, volume *corev1.PersistentVolume) error {
	isOurs := volume.Annotations[provisionedAnnotation] == provisionerName && volume.Spec.Local != nil
	isUnused := volume.Status.Phase == corev1.VolumeReleased || volume.DeletionTimestamp != nil
	isKept := volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete
	if !isOurs || !isUnused || isKept || volume.Status.Phase == corev1.VolumeBound {
		return nil
	}
	if filepath.Dir(volume.Spec.Local.Path) != filepath.Clean(p.directory) {
		return fmt.Errorf("volume %q lies outside %q", volume.Name, p.directory)
	}
	if err := os.RemoveAll(volume.Spec.Local.Path); err != nil {
		return err
	}
	err := p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil // our view of it was old
	}
	if err != nil {
		return fmt.Errorf("deleting volume %q: %w", volume.Name, err)
	}
	klog.InfoS("Volume removed", "volume", volume.Name)
	return nil
}
