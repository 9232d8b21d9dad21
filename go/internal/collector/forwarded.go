package collector

import (
	"net/http"
	"net/netip"
	"strings"
)

// Headers in which proxies say whom they took a request from.
const (
	forwardedForHeader = "X-Forwarded-For"
	forwardedHeader    = "Forwarded"
)

// forwardedHops returns what the proxies say about where a request came from, the farthest hop first; empty when they
// say nothing. The first header that the request has counts: named, which may be empty, X-Forwarded-For, Forwarded.
// Forwarded comes last, since a proxy that writes X-Forwarded-For lets a Forwarded of the sender's own pass.
func forwardedHops(sent http.Header, named string) []string {
	for _, name := range [...]string{named, forwardedForHeader, forwardedHeader} {
		if values := sent[name]; len(values) > 0 {
			list := strings.Join(values, ",")
			if name == forwardedHeader {
				return hopsOfForwarded(list)
			}
			return strings.Split(list, ",")
		}
	}
	return nil
}

// hopsOfForwarded returns the parameter "for" of each element of a header as RFC 7239 has it; empty where it lacks.
func hopsOfForwarded(list string) []string {
	var hops []string
	for _, element := range splitOutsideQuotes(list, ',') {
		hop := ""
		for _, pair := range splitOutsideQuotes(element, ';') {
			if name, value, _ := strings.Cut(pair, "="); strings.EqualFold(strings.TrimSpace(name), "for") {
				hop = value
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

func splitOutsideQuotes(text string, separator rune) []string {
	isQuoted, isEscaped := false, false
	var parts []string
	start := 0
	for at, r := range text {
		switch {
		case isEscaped:
			isEscaped = false
		case isQuoted && r == '\\':
			isEscaped = true
		case r == '"':
			isQuoted = !isQuoted
		case r == separator && !isQuoted:
			parts = append(parts, text[start:at])
			start = at + 1
		}
	}
	return append(parts, text[start:])
}

// hopKind is what a hop tells.
type hopKind int

const (
	// hopUnreadable is not what a proxy writes; whatever stands before it could have been made up.
	hopUnreadable hopKind = iota
	// hopHidden is a hop that does not tell whom it took the request from.
	hopHidden
	hopAddress
)

// readHop reads an address as proxies write it: quoted or not, with or without a port, IPv6 with or without brackets.
// "unknown", names that begin with "_" (RFC 7239) and nothing at all, as a comma at the end leaves, hide the address.
func readHop(text string) (netip.Addr, hopKind) {
	text = strings.Trim(text, " \t\"")
	if name, _, _ := strings.Cut(text, ":"); name == "" && text == "" || strings.EqualFold(name, "unknown") || strings.HasPrefix(name, "_") {
		return netip.Addr{}, hopHidden
	}
	bare := text
	if inside, isBracketed := strings.CutPrefix(text, "["); isBracketed {
		bare = strings.TrimSuffix(inside, "]")
	}
	if address, err := netip.ParseAddr(bare); err == nil {
		return address.Unmap().WithZone(""), hopAddress
	}
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), hopAddress
	}
	return netip.Addr{}, hopUnreadable
}
