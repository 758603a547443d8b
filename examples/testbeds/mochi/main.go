// A broker of github.com/mochi-mqtt/server on loopback: mochi-broker ADDRESS WEBSOCKET_ADDRESS
package main

import (
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	server := mqtt.New(nil)
	rules := &auth.Ledger{
		Auth: auth.AuthRules{{Allow: true}},
		ACL:  auth.ACLRules{{Filters: auth.Filters{"iic/forbidden/#": auth.Deny}}},
	}
	check(server.AddHook(new(auth.Hook), &auth.Options{Ledger: rules}))
	check(server.AddListener(listeners.NewTCP(listeners.Config{ID: "tcp", Address: os.Args[1]})))
	check(server.AddListener(listeners.NewWebsocket(listeners.Config{ID: "ws", Address: os.Args[2]})))
	check(server.Serve())
	fmt.Println("mochi serves on", os.Args[1])
	<-stop
	check(server.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
