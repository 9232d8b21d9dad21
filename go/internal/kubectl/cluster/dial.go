package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// Service is a port of a Service in the namespace.
type Service struct {
	Name string
	// Port is the name of the Service's port, or its number.
	Port string
}

const longestAnswer = 2 * time.Minute

// HTTPClient returns a client all of whose requests go to a ready pod of the Service, through the API server. Each new
// connection looks for a pod again, so that a pod that is replaced does no harm.
func (a *Access) HTTPClient(service Service) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			connection, err := a.Dial(ctx, service)
			return connection, lasting(err)
		},
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: longestAnswer,
		// A compressed answer would only be unpacked on the same machine again.
		DisableCompression: true,
	}}
}

// URL is the address to ask HTTPClient for; it only has to name the Service to a person and to Trino.
func (a *Access) URL(service Service) string {
	return fmt.Sprintf("http://%s.%s", service.Name, a.Namespace)
}

// Dial opens one connection to a ready pod of the Service, through the API server.
func (a *Access) Dial(ctx context.Context, service Service) (net.Conn, error) {
	pod, port, err := a.findPod(ctx, service)
	if err != nil {
		return nil, err
	}
	type dialed struct {
		connection net.Conn
		err        error
	}
	result := make(chan dialed, 1)
	go func() {
		connection, err := a.forward(pod, port)
		result <- dialed{connection, err}
	}()
	select {
	case r := <-result:
		if r.err != nil {
			return nil, fmt.Errorf("connecting to port %d of pod %q: %w", port, pod, r.err)
		}
		return r.connection, nil
	case <-ctx.Done():
		go closeLater(result, func(r dialed) io.Closer { return r.connection })
		return nil, ctx.Err()
	}
}

// closeLater closes what arrives when nobody waits for it any longer.
func closeLater[T any](results <-chan T, closer func(T) io.Closer) {
	if late := closer(<-results); late != nil {
		_ = late.Close() // nothing was sent over it
	}
}

func (a *Access) findPod(ctx context.Context, wanted Service) (pod string, port int32, err error) {
	service, err := a.core.Services(a.Namespace).Get(ctx, wanted.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return "", 0, &LastingError{fmt.Errorf("there is no Service %q in namespace %q yet; see why with: kubectl clickstream status", wanted.Name, a.Namespace)}
	}
	if err != nil {
		return "", 0, fmt.Errorf("reading Service %q: %w", wanted.Name, err)
	}
	selector := labels.SelectorFromSet(service.Spec.Selector).String()
	pods, err := a.core.Pods(a.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return "", 0, fmt.Errorf("listing the pods of Service %q: %w", wanted.Name, err)
	}
	newest := newestReady(pods.Items)
	if newest == nil {
		return "", 0, fmt.Errorf("of %s of Service %q none is ready; see why with: kubectl get pods -n %s -l %s",
			terminal.Count(len(pods.Items), "pod", "pods"), wanted.Name, a.Namespace, selector)
	}
	port, err = targetPort(service, newest, wanted.Port)
	return newest.Name, port, err
}

// newestReady returns the youngest of the ready pods, or nil: in a roll-out an older one will go before it can finish its work.
func newestReady(pods []v1.Pod) *v1.Pod {
	var newest *v1.Pod
	for i := range pods {
		candidate := &pods[i]
		if isPodReady(candidate) && (newest == nil || newest.CreationTimestamp.Before(&candidate.CreationTimestamp)) {
			newest = candidate
		}
	}
	return newest
}

func isPodReady(pod *v1.Pod) bool {
	if pod.DeletionTimestamp != nil {
		return false
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == v1.PodReady {
			return condition.Status == v1.ConditionTrue
		}
	}
	return false
}

// targetPort finds the container port behind a port of a Service.
func targetPort(service *v1.Service, pod *v1.Pod, portName string) (int32, error) {
	for _, port := range service.Spec.Ports {
		switch {
		case port.Name != portName && strconv.Itoa(int(port.Port)) != portName:
		case port.TargetPort.StrVal != "":
			return namedPort(pod, port.TargetPort.StrVal)
		case port.TargetPort.IntVal != 0:
			return port.TargetPort.IntVal, nil
		default:
			return port.Port, nil
		}
	}
	return 0, fmt.Errorf("Service %q has no port %q", service.Name, portName)
}

func namedPort(pod *v1.Pod, name string) (int32, error) {
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == name {
				return port.ContainerPort, nil
			}
		}
	}
	return 0, fmt.Errorf("pod %q has no port named %q", pod.Name, name)
}

// forward opens one connection to a port of a pod, over web sockets or, through older servers and proxies, SPDY.
func (a *Access) forward(pod string, port int32) (net.Conn, error) {
	url := a.core.RESTClient().Post().Resource("pods").Namespace(a.Namespace).Name(pod).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(a.config)
	if err != nil {
		return nil, err
	}
	overSPDY := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	overWebSocket, err := portforward.NewSPDYOverWebsocketDialer(url, a.config)
	if err != nil {
		return nil, err
	}
	dialer := portforward.NewFallbackDialer(overWebSocket, overSPDY, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	streams, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
	if err != nil {
		return nil, err
	}
	connection, err := newForwarded(streams, port)
	if err != nil {
		return nil, errors.Join(err, streams.Close())
	}
	return connection, nil
}

// forwarded is a connection to a pod: a pair of streams, one for the bytes and one for what goes wrong at the far end.
type forwarded struct {
	httpstream.Stream
	streams httpstream.Connection
	// failed is closed when the far end has reported failure.
	failed  chan struct{}
	failure error
}

// reportTime is how long the far end's reason may come after the connection broke: it travels on a stream of its own.
const reportTime = 2 * time.Second

func newForwarded(streams httpstream.Connection, port int32) (*forwarded, error) {
	headers := http.Header{}
	headers.Set(v1.PortHeader, strconv.Itoa(int(port)))
	headers.Set(v1.PortForwardRequestIDHeader, "0")
	headers.Set(v1.StreamType, v1.StreamTypeError)
	failures, err := streams.CreateStream(headers)
	if err != nil {
		return nil, err
	}
	if err := failures.Close(); err != nil { // closes our direction, which has nothing to say
		return nil, err
	}
	headers.Set(v1.StreamType, v1.StreamTypeData)
	data, err := streams.CreateStream(headers)
	if err != nil {
		return nil, err
	}
	f := &forwarded{Stream: data, streams: streams, failed: make(chan struct{})}
	go f.watch(failures)
	return f, nil
}

// watch ends the connection when the far end reports a failure; the data stream would stay silent for ever.
func (f *forwarded) watch(failures io.Reader) {
	message, err := io.ReadAll(failures)
	if err == nil && len(message) == 0 {
		return
	}
	if err == nil {
		err = errors.New(string(message))
	}
	f.failure = err
	close(f.failed)
	_ = f.streams.Close() // it is broken already
}

func (f *forwarded) Read(into []byte) (int, error) {
	n, err := f.Stream.Read(into)
	return n, f.explain(err)
}

func (f *forwarded) Write(bytes []byte) (int, error) {
	n, err := f.Stream.Write(bytes)
	return n, f.explain(err)
}

// explain returns the far end's reason for an error of the connection, where it gives one. The usual end is not waited for.
func (f *forwarded) explain(err error) error {
	if err == nil || errors.Is(err, io.EOF) && !f.hasFailed() {
		return err
	}
	select {
	case <-f.failed:
		return f.failure
	case <-time.After(reportTime):
		return err
	}
}

func (f *forwarded) hasFailed() bool {
	select {
	case <-f.failed:
		return true
	default:
		return false
	}
}

func (f *forwarded) Close() error {
	return errors.Join(f.Reset(), f.streams.Close())
}

type podAddress struct{}

func (podAddress) Network() string { return "portforward" }
func (podAddress) String() string  { return "pod" }

func (f *forwarded) LocalAddr() net.Addr  { return podAddress{} }
func (f *forwarded) RemoteAddr() net.Addr { return podAddress{} }

// The clients of HTTP and gRPC bound their waiting by contexts and close the connection; they set no deadlines.
func (f *forwarded) SetDeadline(time.Time) error      { return nil }
func (f *forwarded) SetReadDeadline(time.Time) error  { return nil }
func (f *forwarded) SetWriteDeadline(time.Time) error { return nil }
