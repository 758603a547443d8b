package main

import (
	"fmt"
	"sort"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// routes turns what the stack learns from Router Advertisements into its route table, which it leaves to its user.
type routes struct {
	news chan func()
	via  map[learned]header.NDPRoutePreference
}

type learned struct {
	to     tcpip.Subnet
	router tcpip.Address
}

func newRoutes() *routes {
	return &routes{news: make(chan func(), 1024), via: map[learned]header.NDPRoutePreference{}}
}

// serve keeps the table of a stack. The stack may not be called from within its own callbacks.
func (r *routes) serve(host *stack.Stack) {
	own := header.IPv6LinkLocalPrefix.Subnet()
	r.via[learned{to: own}] = header.MediumRoutePreference
	r.via[learned{to: multicast}] = header.MediumRoutePreference
	host.SetRouteTable(r.table())
	go func() {
		for change := range r.news {
			change()
			host.SetRouteTable(r.table())
		}
	}()
}

func (r *routes) table() []tcpip.Route {
	keys := make([]learned, 0, len(r.via))
	for key := range r.via {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := keys[i].to.Prefix(), keys[j].to.Prefix(); a != b {
			return a > b
		}
		return rank[r.via[keys[i]]] > rank[r.via[keys[j]]]
	})
	table := make([]tcpip.Route, len(keys))
	for i, key := range keys {
		table[i] = tcpip.Route{Destination: key.to, Gateway: key.router, NIC: nic}
	}
	return table
}

var rank = map[header.NDPRoutePreference]int{
	header.LowRoutePreference:    0,
	header.MediumRoutePreference: 1,
	header.HighRoutePreference:   2,
}

func (r *routes) set(key learned, preference header.NDPRoutePreference) {
	r.news <- func() { r.via[key] = preference }
}

func (r *routes) drop(key learned) {
	r.news <- func() { delete(r.via, key) }
}

func (r *routes) OnOffLinkRouteUpdated(_ tcpip.NICID, to tcpip.Subnet, router tcpip.Address, p header.NDPRoutePreference) {
	r.set(learned{to, router}, p)
}

func (r *routes) OnOffLinkRouteInvalidated(_ tcpip.NICID, to tcpip.Subnet, router tcpip.Address) {
	r.drop(learned{to, router})
}

func (r *routes) OnOnLinkPrefixDiscovered(_ tcpip.NICID, prefix tcpip.Subnet) {
	r.set(learned{to: prefix}, header.MediumRoutePreference)
}

func (r *routes) OnOnLinkPrefixInvalidated(_ tcpip.NICID, prefix tcpip.Subnet) {
	r.drop(learned{to: prefix})
}

func (r *routes) OnDuplicateAddressDetectionResult(_ tcpip.NICID, address tcpip.Address, result stack.DADResult) {
	fmt.Printf("DAD of %s: %T\n", address, result)
}

func (r *routes) OnAutoGenAddress(tcpip.NICID, tcpip.AddressWithPrefix) stack.AddressDispatcher {
	return nil
}
func (r *routes) OnAutoGenAddressDeprecated(tcpip.NICID, tcpip.AddressWithPrefix)        {}
func (r *routes) OnAutoGenAddressInvalidated(tcpip.NICID, tcpip.AddressWithPrefix)       {}
func (r *routes) OnRecursiveDNSServerOption(tcpip.NICID, []tcpip.Address, time.Duration) {}
func (r *routes) OnDNSSearchListOption(tcpip.NICID, []string, time.Duration)             {}
func (r *routes) OnDHCPv6Configuration(tcpip.NICID, ipv6.DHCPv6ConfigurationFromNDPRA)   {}

var multicast = tcpip.AddressWithPrefix{Address: header.IPv6AllNodesMulticastAddress, PrefixLen: 8}.Subnet()
