package volumes

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

const deadline = 10 * time.Second

func claim(name, uid string, annotations map[string]string) *corev1.PersistentVolumeClaim {
	class := "local"
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID(uid), Annotations: annotations},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: &class,
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			},
		},
	}
}

func scheduled() map[string]string {
	return map[string]string{provisionerAnnotation: provisionerName, nodeAnnotation: "local"}
}

func serve(t *testing.T) (*fake.Clientset, string) {
	t.Helper()
	client, directory := fake.NewClientset(), t.TempDir()
	// The fake server loses what happens between an informer's list and its watch, so wait for both watches.
	watches := make(chan struct{}, 2)
	client.PrependWatchReactor("*", func(action clienttesting.Action) (bool, watch.Interface, error) {
		watched, err := client.Tracker().Watch(action.GetResource(), action.GetNamespace())
		watches <- struct{}{}
		return true, watched, err
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		newProvisioner(client, directory).run(ctx)
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	for range cap(watches) {
		select {
		case <-watches:
		case <-time.After(deadline):
			t.Fatalf("no watch began within %s", deadline)
		}
	}
	return client, directory
}

func create(t *testing.T, client *fake.Clientset, wanted *corev1.PersistentVolumeClaim) {
	t.Helper()
	_, err := client.CoreV1().PersistentVolumeClaims(wanted.Namespace).Create(t.Context(), wanted, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

func waitFor(t *testing.T, what string, isOver func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); !isOver(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen within %s", what, deadline)
		}
	}
}

func volumeNamed(t *testing.T, client *fake.Clientset, name string) *corev1.PersistentVolume {
	t.Helper()
	found, err := client.CoreV1().PersistentVolumes().Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return found
}

func TestScheduledClaimGetsAFolderThatAnyUserCanWrite(t *testing.T) {
	client, directory := serve(t)
	create(t, client, claim("data", "uid-1", scheduled()))
	waitFor(t, "the volume", func() bool { return volumeNamed(t, client, "pvc-uid-1") != nil })

	volume := volumeNamed(t, client, "pvc-uid-1")
	if path := filepath.Join(directory, "pvc-uid-1"); volume.Spec.Local.Path != path {
		t.Errorf("path is %q, want %q", volume.Spec.Local.Path, path)
	}
	if reference := volume.Spec.ClaimRef; reference.Name != "data" || reference.UID != "uid-1" {
		t.Errorf("volume belongs to %+v", reference)
	}
	information, err := os.Stat(volume.Spec.Local.Path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := information.Mode().Perm(); mode != 0o777 {
		t.Errorf("mode is %o", mode)
	}
}

func TestClaimOfNoConcernGetsNothing(t *testing.T) {
	client, _ := serve(t)
	create(t, client, claim("unscheduled", "uid-1", map[string]string{provisionerAnnotation: provisionerName}))
	create(t, client, claim("foreign", "uid-2", map[string]string{provisionerAnnotation: "example.com/other", nodeAnnotation: "local"}))
	create(t, client, claim("ours", "uid-3", scheduled()))
	waitFor(t, "the volume of the last claim", func() bool { return volumeNamed(t, client, "pvc-uid-3") != nil })

	list, err := client.CoreV1().PersistentVolumes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 1 {
		t.Errorf("%d volumes, want 1: %v", len(list.Items), list.Items)
	}
}

func TestReleasedVolumeGoesWithItsData(t *testing.T) {
	client, directory := serve(t)
	create(t, client, claim("data", "uid-1", scheduled()))
	waitFor(t, "the volume", func() bool { return volumeNamed(t, client, "pvc-uid-1") != nil })
	file := filepath.Join(directory, "pvc-uid-1", "nested", "file")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}

	volume := volumeNamed(t, client, "pvc-uid-1")
	volume.Status.Phase = corev1.VolumeReleased
	if _, err := client.CoreV1().PersistentVolumes().UpdateStatus(t.Context(), volume, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the removal", func() bool { return volumeNamed(t, client, "pvc-uid-1") == nil })
	if _, err := os.Stat(filepath.Join(directory, "pvc-uid-1")); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestVolumeThatMustStayKeepsItsData(t *testing.T) {
	outside := t.TempDir()
	tests := map[string]func(volume *corev1.PersistentVolume){
		"a kept one": func(volume *corev1.PersistentVolume) {
			volume.Spec.PersistentVolumeReclaimPolicy = corev1.PersistentVolumeReclaimRetain
		},
		"one in use":                func(volume *corev1.PersistentVolume) { volume.Status.Phase = corev1.VolumeBound },
		"one of someone else":       func(volume *corev1.PersistentVolume) { volume.Annotations = nil },
		"one outside of our folder": func(volume *corev1.PersistentVolume) { volume.Spec.Local.Path = outside },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			p := newProvisioner(fake.NewClientset(), directory)
			volume := wantedVolume(claim("data", "uid-1", scheduled()), "local", directory)
			volume.Status.Phase = corev1.VolumeReleased
			if err := os.MkdirAll(volume.Spec.Local.Path, 0o700); err != nil {
				t.Fatal(err)
			}
			change(volume)
			_ = p.reclaim(t.Context(), volume)
			if _, err := os.Stat(volume.Spec.Local.Path); err != nil {
				t.Errorf("the folder is gone: %v", err)
			}
		})
	}
}
