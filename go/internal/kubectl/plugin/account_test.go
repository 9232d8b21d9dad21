package plugin

import (
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func TestWaitNeedsNoDurationAndTakesOneEitherWay(t *testing.T) {
	cases := []struct {
		name string
		args []string
		wait time.Duration
		want string
	}{
		{"no wait", []string{"web"}, 0, ""},
		{"behind the pipeline", []string{"web", "--wait"}, 2 * time.Minute, ""},
		{"before the pipeline", []string{"--wait", "web"}, 2 * time.Minute, ""},
		{"with a duration", []string{"web", "--wait=10m"}, 10 * time.Minute, ""},
		{"with a duration behind a blank", []string{"web", "--wait", "10m"}, 10 * time.Minute, ""},
		{"with a duration before the pipeline", []string{"--wait", "10m", "web"}, 10 * time.Minute, ""},
		{"a pipeline that is called like a duration", []string{"5s", "--wait", "10m"}, 10 * time.Minute, ""},
		{"two pipelines", []string{"web", "shop"}, 0, `one pipeline at a time, not ["web" "shop"]`},
		{"two pipelines and a wait", []string{"web", "shop", "--wait"}, 2 * time.Minute, `one pipeline at a time, not ["web" "shop"]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			shared := &sharedOptions{flags: kubeconfigFlags(), streams: genericiooptions.NewTestIOStreamsDiscard()}
			o := &accountOptions{sharedOptions: shared}
			command := newAccountCommand(shared)
			if err := command.ParseFlags(c.args); err != nil {
				t.Fatal(err)
			}
			wait, err := command.Flags().GetDuration("wait")
			if err != nil {
				t.Fatal(err)
			}
			o.wait = wait
			err = o.complete(command.Flags().Args(), command.Flags().Changed("wait"))
			if c.want != "" {
				if err == nil || err.Error() != c.want {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || o.wait != c.wait || (o.pipelineName != "web" && o.pipelineName != "5s") {
				t.Errorf("pipeline %q, wait %v, error %v", o.pipelineName, o.wait, err)
			}
		})
	}
}
