// An IPv6 host of gVisor's network stack on a TAP interface: gvisor-host INTERFACE MAC CONTROL_ADDRESS
//
// It answers on UDP and TCP port 7 (RFC 862). On the control address it takes datagrams of one line, one word of what
// to do and an address: ping, join, leave.
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/link/tun"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const (
	nic      = 1
	echoPort = 7
	mtu      = 1500
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: gvisor-host INTERFACE MAC CONTROL_ADDRESS")
	}
	mac := must(net.ParseMAC(os.Args[2]))
	control := must(net.ListenPacket("udp4", os.Args[3]))
	host := bringUp(os.Args[1], tcpip.LinkAddress(mac))
	go echoUDP(host)
	go echoTCP(host)
	fmt.Println("gVisor is up")
	obey(host, control)
}

func bringUp(name string, mac tcpip.LinkAddress) *stack.Stack {
	learned := newRoutes()
	seed := make([]byte, 16)
	must(rand.Read(seed))
	ip := ipv6.NewProtocolWithOptions(ipv6.Options{
		NDPConfigs:       configuration(),
		AutoGenLinkLocal: true,
		NDPDisp:          learned,
		TempIIDSeed:      seed,
		MLD:              ipv6.MLDOptions{Enabled: true},
		DADConfigs:       stack.DefaultDADConfigurations(),
	})
	host := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ip},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol6},
	})
	file := must(tun.OpenTAP(name))
	link := must(fdbased.New(&fdbased.Options{FDs: []int{file}, MTU: mtu, EthernetHeader: true, Address: mac}))
	learned.serve(host)
	if err := host.CreateNIC(nic, link); err != nil {
		log.Fatal(err)
	}
	return host
}

// configuration is the default one, without temporary addresses.
func configuration() ipv6.NDPConfigurations {
	made := ipv6.DefaultNDPConfigurations()
	made.AutoGenTempGlobalAddresses = false
	return made
}

func echoUDP(host *stack.Stack) {
	at := tcpip.FullAddress{Port: echoPort}
	socket := must(gonet.DialUDP(host, &at, nil, header.IPv6ProtocolNumber))
	data := make([]byte, 65536)
	for {
		size, from, err := socket.ReadFrom(data)
		if err == nil {
			_, _ = socket.WriteTo(data[:size], from)
		}
	}
}

func echoTCP(host *stack.Stack) {
	listener := must(gonet.ListenTCP(host, tcpip.FullAddress{Port: echoPort}, header.IPv6ProtocolNumber))
	for {
		connection := must(listener.Accept())
		go func() {
			_, _ = io.Copy(connection, connection)
			_ = connection.Close()
		}()
	}
}

// obey does what comes over the control socket, for as long as the program lives.
func obey(host *stack.Stack, control net.PacketConn) {
	line := make([]byte, 128)
	for {
		size, _, err := control.ReadFrom(line)
		words := strings.Fields(string(line[:size]))
		if err != nil || len(words) != 2 {
			continue
		}
		to := net.ParseIP(words[1]).To16()
		if to == nil {
			continue
		}
		address := tcpip.AddrFromSlice(to)
		switch words[0] {
		case "ping":
			ping(host, address)
		case "join":
			report(host.JoinGroup(header.IPv6ProtocolNumber, nic, address))
		case "leave":
			report(host.LeaveGroup(header.IPv6ProtocolNumber, nic, address))
		}
	}
}

func ping(host *stack.Stack, to tcpip.Address) {
	var queue waiter.Queue
	socket, err := host.NewEndpoint(header.ICMPv6ProtocolNumber, header.IPv6ProtocolNumber, &queue)
	if err != nil {
		report(err)
		return
	}
	defer socket.Close()
	request := header.ICMPv6(make([]byte, header.ICMPv6EchoMinimumSize))
	request.SetType(header.ICMPv6EchoRequest)
	request.SetSequence(1)
	request.SetChecksum(^checksum.Checksum(request, 0))
	destination := tcpip.FullAddress{NIC: nic, Addr: to}
	report(socket.Connect(destination))
	_, err = socket.Write(bytes.NewReader(request), tcpip.WriteOptions{})
	report(err)
}

func report(err tcpip.Error) {
	if err != nil {
		fmt.Println("refused:", err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
