// Command coredns is CoreDNS with the few plugins that the DNS of a cluster needs: Service and pod names, and a
// quick "no such name" for every other one.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

// Requests pass the plugins in this order, whatever the order in the Corefile.
var directives = []string{"errors", "health", "ready", "kubernetes", "template"}

func main() {
	dnsserver.Directives = directives
	coremain.Run()
}
