package rawevent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

// lineFields are the members that say how a log line is to be read; they are looked for in events that carry one.
var lineFields = jsonscan.Find(contract.MemberFormat, contract.MemberFields)

// Where lineFields are among the members that a scan found.
const (
	format = iota
	fields
)

// sharedAddresses are those of carriers' and clusters' own networks (RFC 6598).
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// lineKey returns the client that a log line names: the same for all lines of one visitor, as the stream job finds it
// too. It looks at no more of the line than that takes. A line without a client's address has its host's name or its
// first word; nil when there is nothing.
func lineKey(event []byte, members *jsonscan.Members) []byte {
	var found jsonscan.Members
	// The event was scanned before, so that it cannot fail.
	_, _, _ = jsonscan.Value(event, 0, lineFields, &found)
	text := jsonscan.Unescape(members[line])
	if len(text) == 0 {
		text, _ = base64.StdEncoding.AppendDecode(nil, jsonscan.Unescape(members[lineBase64]))
	}
	logged := string(bytes.TrimPrefix(text, []byte("\uFEFF")))
	switch string(jsonscan.Unescape(found[format])) {
	case contract.LogFormatJSON:
		return []byte(clientOfObject(logged))
	case contract.LogFormatW3c:
		return []byte(clientOfFields(logged, string(jsonscan.Unescape(found[fields])), " "))
	case contract.LogFormatCloudfront:
		return []byte(clientOfFields(logged, string(jsonscan.Unescape(found[fields])), "\t"))
	case contract.LogFormatAlb:
		return []byte(addressText(nth(strings.Split(logged, " "), 3)))
	case contract.LogFormatVhost:
		_, behind, _ := strings.Cut(logged, " ")
		return []byte(clientOfFront(strings.TrimLeft(behind, " ")))
	default:
		return []byte(clientOfFront(logged))
	}
}

// clientOfFront reads the words before the time in brackets: the first public address, else the first; without one the
// first word.
func clientOfFront(line string) string {
	var private string
	for rest := line; rest != ""; {
		var word string
		word, rest, _ = strings.Cut(rest, " ")
		for _, part := range strings.Split(strings.Trim(word, `"`), ",") {
			address, isAddress := parseAddress(part)
			switch {
			case isAddress && isPublic(address):
				return withoutPort(part)
			case isAddress && private == "":
				private = withoutPort(part)
			}
		}
		if _, isAddress := parseAddress(word); strings.HasPrefix(word, "[") && !isAddress {
			break
		}
	}
	if private == "" {
		word, _, _ := strings.Cut(line, " ")
		return strings.ToLower(word)
	}
	return clientBehind(private, lastQuoted(line))
}

// lastQuoted returns the line's last field in quotes, where nginx's own configuration has X-Forwarded-For.
func lastQuoted(line string) string {
	end := strings.LastIndexByte(line, '"')
	if end < 0 {
		return ""
	}
	return line[strings.LastIndexByte(line[:end], '"')+1 : end]
}

// clientBehind returns the client of a request whose peer is a proxy of one's own: a header that anybody can send is
// believed of no other peer.
func clientBehind(peer, forwardedFor string) string {
	if address, isAddress := parseAddress(peer); forwardedFor == "" || isAddress && isPublic(address) {
		return withoutPort(peer)
	}
	client := ""
	for _, part := range strings.Split(forwardedFor, ",") {
		part = strings.TrimSpace(part)
		address, isAddress := parseAddress(part)
		switch {
		case isAddress && isPublic(address) && client == "":
			client = withoutPort(part)
		case !isAddress && part != "" && part != "-" && !strings.EqualFold(part, "unknown"):
			return withoutPort(peer)
		}
	}
	if client == "" {
		return withoutPort(peer)
	}
	return client
}

// object has the names that nginx's variables and Caddy give to what tells the client.
type object struct {
	RemoteAddr    string          `json:"remote_addr"`
	ClientIP      string          `json:"client_ip"`
	RemoteIP      string          `json:"remote_ip"`
	Client        string          `json:"client"`
	ClientIPShort string          `json:"clientip"`
	IP            string          `json:"ip"`
	ForwardedFor  string          `json:"http_x_forwarded_for"`
	XForwardedFor string          `json:"x_forwarded_for"`
	Request       json.RawMessage `json:"request"`
}

func clientOfObject(line string) string {
	var log, request object
	if json.Unmarshal([]byte(line), &log) != nil {
		return ""
	}
	if bytes.HasPrefix(log.Request, []byte("{")) && json.Unmarshal(log.Request, &request) == nil {
		return addressText(first(request.ClientIP, request.RemoteIP, request.RemoteAddr))
	}
	peer := first(log.RemoteAddr, log.ClientIP, log.RemoteIP, log.Client, log.ClientIPShort, log.IP)
	return addressText(clientBehind(peer, first(log.ForwardedFor, log.XForwardedFor)))
}

func clientOfFields(line, names, separator string) string {
	values := strings.Split(line, separator)
	all := strings.Fields(strings.ToLower(names))
	value := func(name string) string {
		return first(nth(values, slices.Index(all, name)))
	}
	forwarded := strings.NewReplacer("%20", " ", "+", " ").Replace(first(value("x-forwarded-for"), value("cs(x-forwarded-for)")))
	return addressText(clientBehind(value("c-ip"), forwarded))
}

func nth(values []string, index int) string {
	if index < 0 || index >= len(values) {
		return ""
	}
	return values[index]
}

// first returns the first text that says something; a hyphen says nothing.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" && text != "-" {
			return text
		}
	}
	return ""
}

func isPublic(address netip.Addr) bool {
	address = address.Unmap()
	return !address.IsPrivate() && !address.IsLoopback() && !address.IsLinkLocalUnicast() &&
		(!address.Is4() || !sharedAddresses.Contains(address))
}

// addressText returns the address that a word is, as it was written but without port, brackets and zone; else "".
func addressText(word string) string {
	if _, isAddress := parseAddress(word); !isAddress {
		return ""
	}
	return withoutPort(word)
}

func parseAddress(word string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(withoutPort(word))
	return address, err == nil
}

// withoutPort takes the port, the brackets and the zone off an address; other texts it may cut in any way.
func withoutPort(word string) string {
	if inner, isBracketed := strings.CutPrefix(word, "["); isBracketed {
		word, _, _ = strings.Cut(inner, "]")
	} else if strings.Count(word, ":") == 1 {
		word, _, _ = strings.Cut(word, ":")
	}
	address, _, _ := strings.Cut(word, "%")
	return address
}
