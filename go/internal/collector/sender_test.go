package collector

import (
	"strings"
	"testing"
)

func TestTheSendersAddressIsFoundAndMasked(t *testing.T) {
	const private, public = "10.1.2.3:1", "203.0.113.9:1"
	cases := []struct {
		name, peer string
		// headers are lines of "Name: value".
		headers     string
		environment map[string]string
		want        string
	}{
		{"the peer", public, "", nil, "203.0.113.9"},
		{"IPv6", "[2001:db8::1]:1", "", nil, "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.9]:1", "", nil, "203.0.113.9"},
		{"masked", public, "", map[string]string{"IP_MASKING": "LastOctet"}, "203.0.113.0"},
		{"masked IPv6", "[2001:db8:1:2::3]:1", "", map[string]string{"IP_MASKING": "LastOctet"}, "2001:db8:1::"},
		{"dropped", public, "", map[string]string{"IP_MASKING": "Drop"}, ""},

		{"no word of a peer that is no proxy", public, "X-Forwarded-For: 198.51.100.1", nil, "203.0.113.9"},
		{"no proxies at all", private, "X-Forwarded-For: 198.51.100.1", map[string]string{"TRUSTED_PROXIES": "none"}, "10.1.2.3"},
		{"proxies of one's own", public, "X-Forwarded-For: 198.51.100.1", map[string]string{"TRUSTED_PROXIES": "203.0.113.0/24"}, "198.51.100.1"},
		{"behind a private proxy", private, "X-Forwarded-For: 198.51.100.1", nil, "198.51.100.1"},
		{"the nearest that is no proxy", private, "X-Forwarded-For: 6.6.6.6, 198.51.100.1, 10.9.9.9", nil, "198.51.100.1"},
		{"several headers", private, "X-Forwarded-For: 6.6.6.6\nX-Forwarded-For: 198.51.100.1", nil, "198.51.100.1"},
		{"only proxies", private, "X-Forwarded-For: 10.8.8.8, 10.9.9.9", nil, "10.8.8.8"},

		{"with a port", private, "X-Forwarded-For: 198.51.100.1:555", nil, "198.51.100.1"},
		{"IPv6 in brackets", private, "X-Forwarded-For: [2001:db8:a::1]", nil, "2001:db8:a::1"},
		{"IPv6 with a port", private, "X-Forwarded-For: [2001:db8:a::1]:4711", nil, "2001:db8:a::1"},
		{"IPv6 with a zone", private, "X-Forwarded-For: 2001:db8:a::1%eth0", nil, "2001:db8:a::1"},
		{"in quotes", private, `X-Forwarded-For: "198.51.100.1"`, nil, "198.51.100.1"},
		{"IPv6 in quotes with a port", private, `X-Forwarded-For: "[2001:db8:a::1]:4711", 10.9.9.9`, nil, "2001:db8:a::1"},
		{"a comma at the end", private, "X-Forwarded-For: 198.51.100.1,", nil, "198.51.100.1"},
		{"a last hop that is unknown", private, "X-Forwarded-For: 198.51.100.1, unknown", nil, "198.51.100.1"},
		{"a hop under a name of its own", private, "X-Forwarded-For: 198.51.100.1, _gateway", nil, "198.51.100.1"},
		{"nothing but unknown", private, "X-Forwarded-For: unknown", nil, "10.1.2.3"},
		{"nonsense", private, "X-Forwarded-For: 6.6.6.6, nonsense, 10.9.9.9", nil, "10.9.9.9"},

		{"Forwarded", private, "Forwarded: for=198.51.100.1;proto=https;by=10.1.2.3", nil, "198.51.100.1"},
		{"Forwarded with IPv6 and port", private, `Forwarded: proto=https; For="[2001:db8:4::9]:4711"`, nil, "2001:db8:4::9"},
		{"Forwarded with several hops", private, `Forwarded: for=6.6.6.6, for="198.51.100.1:80";host="a,b;c", for=_hidden, proto=http`, nil, "198.51.100.1"},
		{"Forwarded of a peer that is no proxy", public, "Forwarded: for=198.51.100.1", nil, "203.0.113.9"},
		{"X-Forwarded-For before a Forwarded of the sender's own", private, "Forwarded: for=6.6.6.6\nX-Forwarded-For: 198.51.100.1", nil, "198.51.100.1"},
		{
			"Forwarded named as what the proxies write", private, "Forwarded: for=198.51.100.1\nX-Forwarded-For: 6.6.6.6",
			map[string]string{"CLIENT_ADDRESS_HEADER": "forwarded"}, "198.51.100.1",
		},

		{
			"a vendor's header", private, "CF-Connecting-IP: 198.51.100.1\nX-Forwarded-For: 198.51.100.1, 172.71.0.1",
			map[string]string{"CLIENT_ADDRESS_HEADER": "CF-Connecting-IP"}, "198.51.100.1",
		},
		{"a vendor's header that nobody named", private, "CF-Connecting-IP: 6.6.6.6\nX-Forwarded-For: 198.51.100.1", nil, "198.51.100.1"},
		{
			"a vendor's header of a peer that is no proxy", public, "CF-Connecting-IP: 6.6.6.6",
			map[string]string{"CLIENT_ADDRESS_HEADER": "CF-Connecting-IP"}, "203.0.113.9",
		},
		{
			"a request that did not come through the vendor", private, "X-Forwarded-For: 198.51.100.1",
			map[string]string{"CLIENT_ADDRESS_HEADER": "CF-Connecting-IP"}, "198.51.100.1",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUnderTest(t, c.environment)
			request, recorder := newRequest("{}")
			request.RemoteAddr = c.peer
			for line := range strings.Lines(c.headers) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				request.Header.Add(name, value)
			}
			u.ServeHTTP(recorder, request)
			if got := u.kafka.records[0].headers["ip"]; got != c.want {
				t.Errorf("ip %q, want %q", got, c.want)
			}
		})
	}
}
