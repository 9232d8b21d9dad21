package cluster

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/clustertest"
)

const (
	group        = "/apis/openclickstream.io/v1alpha1/namespaces/shop-a/"
	pipelinePath = group + "clickstreampipelines"
	queryPath    = group + "queryclusters"
	servicePath  = "/api/v1/namespaces/shop-a/services"
	podPath      = "/api/v1/namespaces/shop-a/pods"
)

func connect(t *testing.T, server *clustertest.Server) *Access {
	t.Helper()
	access, err := NewAccess(&rest.Config{Host: server.URL}, "shop-a")
	if err != nil {
		t.Fatal(err)
	}
	return access
}

func TestAPipelinesTablesAreFound(t *testing.T) {
	cases := []struct {
		name, pipeline string
		want           Tables
	}{
		{
			"as the operator reports them",
			`{"metadata":{"name":"my-web"},"status":{"tables":{"events":"a.e","failedEvents":"a.f","duplicateEvents":"a.d"}}}`,
			Tables{"a.e", "a.f", "a.d"},
		},
		{
			"as the operator will name them", `{"metadata":{"name":"my-web"}}`,
			Tables{"shop_a.my_web_events", "shop_a.my_web_failed_events", "shop_a.my_web_duplicate_events"},
		},
		{
			"as the spec names them", `{"metadata":{"name":"my-web"},"spec":{"tables":{"database":"db","prefix":"p_"}}}`,
			Tables{"db.p_events", "db.p_failed_events", "db.p_duplicate_events"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := clustertest.New(t)
			server.Put(pipelinePath, c.pipeline)
			pipeline, err := connect(t, server).ReadPipeline(context.Background(), "my-web")
			if err != nil || pipeline.Tables != c.want {
				t.Errorf("tables %+v, error %v", pipeline, err)
			}
		})
	}
}

func TestWhatIsNotThereIsNamedWithWhatToDo(t *testing.T) {
	server := clustertest.New(t)
	access := connect(t, server)
	_, err := access.ReadPipeline(context.Background(), "web")
	if err == nil || err.Error() != "the cluster does not know the kind ClickstreamPipeline; install the operator and its CRDs first" {
		t.Errorf("without the kind: %v", err)
	}
	server.AddKind(pipelinePath)
	_, err = access.ReadPipeline(context.Background(), "web")
	if want := `there is no ClickstreamPipeline "web" in namespace "shop-a"; another one is chosen with --namespace`; err == nil || err.Error() != want || !IsNotFound(err) {
		t.Errorf("without the pipeline: %v", err)
	}
}

func TestTheQueryClusterOfThePlatformIsChosen(t *testing.T) {
	const ready, waiting = `"status":{"conditions":[{"type":"Ready","status":"True"}]}`, `"status":{"conditions":[{"type":"Ready","status":"False"}]}`
	cases := []struct {
		name     string
		clusters []string
		given    string
		want     string
		wantErr  string
	}{
		{"the only one", []string{`{"metadata":{"name":"q"},"spec":{"platformRef":{"name":"local"}}}`}, "", "q", ""},
		{"the first by name", []string{
			`{"metadata":{"name":"q2"},"spec":{"platformRef":{"name":"local"}}}`, `{"metadata":{"name":"q1"},"spec":{"platformRef":{"name":"local"}}}`,
		}, "", "q1", ""},
		{"a ready one first", []string{
			`{"metadata":{"name":"q1"},"spec":{"platformRef":{"name":"local"}},` + waiting + `}`,
			`{"metadata":{"name":"q2"},"spec":{"platformRef":{"name":"local"}},` + ready + `}`,
		}, "", "q2", ""},
		{"not one of another platform", []string{`{"metadata":{"name":"q"},"spec":{"platformRef":{"name":"other"}}}`}, "", "",
			`no QueryCluster in namespace "shop-a" has the platform "local" of pipeline "web"; make one, or name Trino with --trino-url`},
		{"a given one", []string{`{"metadata":{"name":"q"},"spec":{"platformRef":{"name":"other"}}}`}, "q", "q", ""},
		{"a given one that is not there", nil, "q", "",
			`there is no QueryCluster "q" in namespace "shop-a"; another one is chosen with --namespace`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := clustertest.New(t)
			server.AddKind(queryPath)
			for _, text := range c.clusters {
				server.Put(queryPath, text)
			}
			found, err := connect(t, server).QueryCluster(context.Background(), c.given, &Pipeline{Name: "web", Platform: "local"})
			got := ""
			if found != nil {
				got = found.Name
			}
			if got != c.want || (err == nil) != (c.wantErr == "") || (err != nil && err.Error() != c.wantErr) {
				t.Errorf("chose %q, error %v", got, err)
			}
		})
	}
}

const (
	service = `{"metadata":{"name":"web-collector"},"spec":{"selector":{"app":"web"},"ports":[
		{"name":"http","port":80,"targetPort":"http"},{"name":"internal","port":9090,"targetPort":9090}]}}`
	// replacedPod still answers, but the roll-out that made readyPod will end it.
	replacedPod = `{"metadata":{"name":"web-0a","labels":{"app":"web"},"creationTimestamp":"2026-01-01T00:00:00Z"},
		"spec":{"containers":[{"name":"c","ports":[{"name":"http","containerPort":8080}]}]},"status":{"conditions":[{"type":"Ready","status":"True"}]}}`
	readyPod = `{"metadata":{"name":"web-1","labels":{"app":"web"},"creationTimestamp":"2026-01-01T00:01:00Z"},"spec":{"containers":[{"name":"c","ports":[{"name":"http","containerPort":8080}]}]},
		"status":{"conditions":[{"type":"Ready","status":"True"}]}}`
	waitingPod = `{"metadata":{"name":"web-0","labels":{"app":"web"}},"status":{"conditions":[{"type":"Ready","status":"False"}]}}`
)

func TestRequestsReachTheNewestReadyPodThroughTheAPIServer(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.URL.Path+" "+string(body))
	}))
	defer target.Close()
	server := clustertest.New(t)
	server.Put(servicePath, service)
	server.Put(podPath, waitingPod)
	server.Put(podPath, replacedPod)
	server.Put(podPath, readyPod)
	server.Forward("web-1", "8080", strings.TrimPrefix(target.URL, "http://"))
	access := connect(t, server)
	to := Service{Name: "web-collector", Port: "http"}
	client := access.HTTPClient(to)
	large := strings.Repeat("x", 1<<20)
	for _, body := range []string{"hello", large} {
		answer, err := client.Post(access.URL(to)+"/v1/events", "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		if err != nil || string(got) != "/v1/events "+body {
			t.Errorf("answer %.40q, error %v", got, err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	client.CloseIdleConnections()
}

func TestARefusalOfTheAPIServerLasts(t *testing.T) {
	cases := []struct {
		name, refused string
		put           map[string]string
		isLasting     bool
	}{
		{"no Service", "", nil, true},
		{"no right to read Services", servicePath, map[string]string{servicePath: service, podPath: readyPod}, true},
		{"no right to list pods", podPath, map[string]string{servicePath: service, podPath: readyPod}, true},
		{"no right to forward ports", podPath + "/web-1/portforward", map[string]string{servicePath: service, podPath: readyPod}, true},
		{"no ready pod", "", map[string]string{servicePath: service, podPath: waitingPod}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := clustertest.New(t)
			server.AddKind(servicePath)
			server.AddKind(podPath)
			for collection, text := range c.put {
				server.Put(collection, text)
			}
			if c.refused != "" {
				server.Refuse(c.refused)
			}
			access := connect(t, server)
			to := Service{Name: "web-collector", Port: "http"}
			answer, err := access.HTTPClient(to).Get(access.URL(to))
			if err == nil {
				_ = answer.Body.Close()
			}
			var refusal *LastingError
			if err == nil || errors.As(err, &refusal) != c.isLasting {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestWhatIsInTheWayOfAConnectionIsNamed(t *testing.T) {
	cases := []struct {
		name string
		put  map[string]string
		port string
		want string
	}{
		{"no Service", nil, "http", `there is no Service "web-collector" in namespace "shop-a" yet; see why with: kubectl clickstream status`},
		{"no ready pod", map[string]string{servicePath: service, podPath: waitingPod}, "http",
			`of 1 pod of Service "web-collector" none is ready; see why with: kubectl get pods -n shop-a -l app=web`},
		{"no such port", map[string]string{servicePath: service, podPath: readyPod}, "metrics", `Service "web-collector" has no port "metrics"`},
		{"nothing behind the port", map[string]string{servicePath: service, podPath: readyPod}, "internal", "nothing listens there"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := clustertest.New(t)
			server.AddKind(servicePath)
			server.AddKind(podPath)
			for collection, text := range c.put {
				server.Put(collection, text)
			}
			access := connect(t, server)
			to := Service{Name: "web-collector", Port: c.port}
			answer, err := access.HTTPClient(to).Get(access.URL(to))
			if err == nil {
				_ = answer.Body.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}
