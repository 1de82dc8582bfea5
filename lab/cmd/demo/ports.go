package main

import (
	"net"
	"strconv"
)

// The ports that are taken where they are free; in the guest they always are.
const (
	exporterPort   = 9975
	tunerPort      = 9976
	prometheusPort = 9090
	grafanaPort    = 3000
)

// port is a TCP port of 127.0.0.1.
type port struct {
	number uint16
	wanted uint16 // differs from number if it is not free
}

func (p port) text() string    { return strconv.Itoa(int(p.number)) }
func (p port) address() string { return "127.0.0.1:" + p.text() }
func (p port) url() string     { return "http://" + p.address() }

type ports struct{ exporter, tuner, prometheus, grafana port }

// choosePorts holds each port until it has all, so that all differ.
func choosePorts() (ports, error) {
	var chosen [4]port
	for i, wanted := range []uint16{exporterPort, tunerPort, prometheusPort, grafanaPort} {
		l, err := listen(wanted)
		if err != nil {
			return ports{}, err
		}
		defer l.Close()
		chosen[i] = port{number: uint16(l.Addr().(*net.TCPAddr).Port), wanted: wanted}
	}
	return ports{chosen[0], chosen[1], chosen[2], chosen[3]}, nil
}

// listen takes the wanted port, else any that is free.
func listen(wanted uint16) (net.Listener, error) {
	if l, err := net.Listen("tcp", port{number: wanted}.address()); err == nil {
		return l, nil
	}
	return net.Listen("tcp", port{}.address())
}
