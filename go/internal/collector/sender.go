package collector

import (
	"net/http"
	"net/netip"

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
	// header is the canonical name of a vendor's header that holds the address; empty for none.
	header  string
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
	if a.isTrusted(address) {
		address = a.behindProxies(address, forwardedHops(request.Header, a.header))
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
// whatever stands before it could have been made up by the sender. A proxy that hides whom it took the request from is
// passed by, or all who come through it would be one visitor.
func (a *Addresses) behindProxies(peer netip.Addr, hops []string) netip.Addr {
	farthest := peer
	for i := len(hops) - 1; i >= 0; i-- {
		hop, kind := readHop(hops[i])
		switch {
		case kind == hopHidden:
			continue
		case kind == hopUnreadable:
			return farthest
		case !a.isTrusted(hop):
			return hop
		}
		farthest = hop
	}
	return farthest
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
