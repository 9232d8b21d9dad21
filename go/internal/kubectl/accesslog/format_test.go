package accesslog

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

const (
	clf          = ` - - [29/Nov/2026:17:00:01 +0000] "GET /a?b=1 HTTP/1.1" 200 512`
	combinedLine = "203.0.113.21" + clf + ` "https://a.example/" "Mozilla/5.0 \"x\""`
	commonLine   = "203.0.113.21" + clf
	vhostLine    = "shop.example.com:443 " + combinedLine
	nginxLine    = `{"time_iso8601":"2026-11-29T17:00:01+00:00","remote_addr":"203.0.113.21","request":"GET /a HTTP/1.1","status":"200"}`
	caddyLine    = `{"level":"info","ts":1796045858.7,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.21","method":"GET","uri":"/"},"status":200}`
	balancer     = `h2 2026-11-29T17:00:01.186641Z app/my-lb/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET https://a.example:443/ HTTP/2.0" "curl" - -`
	iisHead      = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-29 17:00:00\n"
	iisFields    = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status\n"
	cloudFront   = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status\n"
)

func TestTheFormatIsToldByTheFirstLines(t *testing.T) {
	cases := []struct{ name, log, want string }{
		{"combined", combinedLine, "combined"},
		{"combined with IPv6 and a port", "[2001:db8::1]:4711" + clf + ` "-" "-"`, "combined"},
		{"combined with a chain of proxies", "203.0.113.1, 10.0.0.1" + clf + ` "-" "-"`, "combined"},
		{"combined with names of hosts", "host.example.net" + clf + ` "-" "-"`, "combined"},
		{"combined with a user", `203.0.113.1 - "a b" [29/Nov/2026:17:00:01 +0000] "GET / HTTP/1.1" 200 - "-" "-"`, "combined"},
		{"combined with further fields", combinedLine + ` "203.0.113.1" 0.003`, "combined"},
		{"combined with bytes that are no text", strings.Replace(combinedLine, "/a", "/\xff\x80", 1), "combined"},
		{"common", commonLine, "common"},
		{"vhost", vhostLine, "vhost"},
		{"vhost without a port", "shop.example.com " + combinedLine, "vhost"},
		{"nginx in JSON", nginxLine, "json"},
		{"Caddy", caddyLine, "json"},
		{"a load balancer of AWS", balancer, "alb"},
		{"IIS", iisHead + iisFields + "2026-11-29 17:00:01 10.0.0.1 GET / - 443 - 203.0.113.1 curl - 200", "w3c"},
		{"IIS of an hour without requests", iisHead + iisFields, "w3c"},
		{"CloudFront", cloudFront + "2026-11-29\t17:00:01\tFRA2\t12\t203.0.113.1\tGET\ta.example\t/\t200", "cloudfront"},
		{"a byte-order mark", "\ufeff" + combinedLine, "combined"},
		{"a byte-order mark before a directive", "\ufeff" + iisFields, "w3c"},
		{"line ends of Windows", combinedLine + "\r\n" + combinedLine + "\r\n", "combined"},
		{"some lines that are broken", combinedLine + "\nbroken\n\n" + combinedLine + "\n", "combined"},

		{"nothing", "", ""},
		{"words", "to be or not to be\n", ""},
		{"mostly words", combinedLine + "\na\nb\n", ""},
		{"JSON of another kind", `{"level":"info","message":"started"}`, ""},
		{"the log of a firewall", "#Version: 1.5\n#Fields: date time action protocol src-ip dst-ip\n", ""},
		{"directives without fields", iisHead, ""},
		{"no text", "\x7fELF\x02\x01\x01\x00\x00", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			lines := bufio.NewReaderSize(strings.NewReader(c.log), linesBuffer)
			found := Look(lines)
			if found.Format != c.want {
				t.Errorf("found %+v, want %q", found, c.want)
			}
			if rest, err := io.ReadAll(lines); err != nil || string(rest) != c.log {
				t.Errorf("%d bytes are left of %d, error %v", len(rest), len(c.log), err)
			}
		})
	}
}

func TestEveryFormatIsTold(t *testing.T) {
	told := map[string]bool{}
	for _, log := range []string{combinedLine, commonLine, vhostLine, nginxLine, balancer, iisFields, cloudFront} {
		told[Look(bufio.NewReader(strings.NewReader(log))).Format] = true
	}
	for _, format := range contract.LogFormats {
		if !told[format] {
			t.Errorf("%s is not told by any lines", format)
		}
	}
}

// A pipe may have no more than a line for hours.
func TestAFormatIsToldByTheLinesThatAPipeHas(t *testing.T) {
	reader, writer := io.Pipe()
	defer func() { _ = writer.Close() }()
	go func() { _, _ = writer.Write([]byte(combinedLine + "\nhalf a li")) }()
	if found := Look(bufio.NewReaderSize(reader, linesBuffer)); found.Format != "combined" {
		t.Errorf("found %+v", found)
	}
}

func TestAFormatThatTheLogDoesNotHaveIsRefused(t *testing.T) {
	cases := []struct{ name, asked, log, want, refusal string }{
		{"auto", "auto", combinedLine, "combined", ""},
		{"auto and nothing", "auto", "", "combined", ""},
		{"auto and words", "auto", "words\n", "", `the log is none of those that can be read (combined, common, vhost, json, w3c, alb, cloudfront): it begins "words"; name its --format if it is one all the same`},
		{"the one that it has", "json", nginxLine, "json", ""},
		{"another one", "combined", nginxLine, "", "--format is combined, but the log is json, by its first lines; give --format json"},
		{"another one of Apache's", "combined", commonLine, "", "--format is combined, but the log is common, by its first lines; give --format common"},
		{"one whose lines may look alike", "combined", vhostLine, "combined", ""},
		{"lines that do not tell", "combined", "words\n", "combined", ""},
		{"no text", "combined", "\x7fELF\x00", "", `the log is no text: it begins "\x7fELF\x00"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := FormatOf(c.asked, Look(bufio.NewReader(strings.NewReader(c.log))))
			var unreadable *UnreadableError
			if got != c.want || (c.refusal != "") != errors.As(err, &unreadable) || (err != nil && err.Error() != c.refusal) {
				t.Errorf("format %q, error %v", got, err)
			}
		})
	}
}
