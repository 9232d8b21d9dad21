package collector

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// isBrowser: only browsers send these headers, and scripts cannot take them away.
func isBrowser(header http.Header) bool {
	return len(header["Origin"]) > 0 || len(header["Sec-Fetch-Mode"]) > 0 || len(header["Sec-Fetch-Site"]) > 0 ||
		len(header["Sec-Fetch-Dest"]) > 0
}

// Addresses finds the address that a request comes from.
type Addresses struct {
	trusted []netip.Prefix
	masking contract.Masking
}

// sender returns the masked address of the sender; the zero Addr when it is not to be kept or cannot be told.
func (a *Addresses) sender(request *http.Request) netip.Addr {
	if a.masking == contract.MaskDrop {
		return netip.Addr{}
	}
	peer, err := netip.ParseAddrPort(request.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().Unmap()
	if forwarded := request.Header["X-Forwarded-For"]; len(forwarded) > 0 && a.isTrusted(address) {
		address = a.behindProxies(address, forwarded)
	}
	return mask(address.WithZone(""), a.masking)
}

func (a *Addresses) isTrusted(address netip.Addr) bool {
	for _, prefix := range a.trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// behindProxies walks from the nearest hop to the farthest and stops at the first address that is no trusted proxy:
// whatever stands before it could have been made up by the sender.
func (a *Addresses) behindProxies(peer netip.Addr, forwarded []string) netip.Addr {
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	farthest := peer
	for i := len(hops) - 1; i >= 0; i-- {
		hop, known := parseHop(strings.TrimSpace(hops[i]))
		if !known {
			return farthest
		}
		farthest = hop
		if !a.isTrusted(hop) {
			return hop
		}
	}
	return farthest
}

// parseHop reads an address with or without a port, as load balancers write it.
func parseHop(text string) (netip.Addr, bool) {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.Unmap(), true
	}
	withPort, err := netip.ParseAddrPort(text)
	return withPort.Addr().Unmap(), err == nil
}

const (
	keptBitsIPv4 = 24
	keptBitsIPv6 = 48
)

func mask(address netip.Addr, masking contract.Masking) netip.Addr {
	if masking != contract.MaskLastOctet {
		return address
	}
	bits := keptBitsIPv6
	if address.Is4() {
		bits = keptBitsIPv4
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Addr{}
	}
	return prefix.Addr()
}
