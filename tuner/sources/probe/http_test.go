package probe

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestAnswers(t *testing.T) {
	const a = "10.0.0.2:80"
	endless := func(head string, line string) func(net.Conn) {
		return func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			_, err := io.WriteString(c, head)
			for err == nil {
				_, err = io.WriteString(c, line)
			}
		}
	}
	tests := []struct {
		name   string
		serve  func(net.Conn) // nil refuses connections
		failed bool
		took   time.Duration
	}{
		{"refused", nil, true, 0},
		{"closes at once", func(net.Conn) {}, true, 0},
		{"hangs", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, true, time.Second},
		{"answers too late", answers(1500*time.Millisecond, fine), true, time.Second},
		{"answers in part", answers(0, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine"), true, time.Second},
		{"another protocol", answers(0, "220 mail.example.org ESMTP\r\n\r\n"), true, 0},
		{"an error, at once", answers(0, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), true, 0},
		{"a head without end", endless("HTTP/1.1 200 OK\r\n", "X-More: 1\r\n"), true, 0},
		{"a body without end", endless("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 1<<12)), false, 0},
		{"a redirect", answers(0, "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), false, 0},
		{"a hint before the answer", answers(0, "HTTP/1.1 103 Early Hints\r\n\r\n"+fine), false, 0},
		{"slow", answers(300*time.Millisecond, fine), false, 300 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
				if test.serve != nil {
					n.servers[a] = test.serve
				}
				p.Watch([]tuner.Target{target(a)})
				o, ok := after(t, p, 10*time.Second)[a]
				if !ok {
					t.Fatal("no observation")
				}
				good := o.SuccessLatencySeconds != nil && *o.ErrorRatio == 0
				if good == test.failed || *o.LatencySeconds != test.took.Seconds() {
					t.Errorf("got %s; want failed %v, %s", told(o), test.failed, test.took)
				}
				if n := *o.RequestsPerSecond * *o.WindowSeconds; n < 7 || n > 12 || *o.WindowSeconds != 10 || !o.Time.Equal(time.Now()) {
					t.Errorf("got %s in %v s, at %s", told(o), *o.WindowSeconds, o.Time)
				}
			})
		})
	}
}

// TestFastErrorsAreNoSpeed has every second request fail at once.
func TestFastErrorsAreNoSpeed(t *testing.T) {
	const a = "10.0.0.2:80"
	inMemory(t, httpProbe(), func(t *testing.T, n *network, p *Prober) {
		odd := false
		n.servers[a] = func(c net.Conn) {
			if odd = !odd; odd {
				answers(0, "HTTP/1.1 500 No\r\n\r\n")(c)
				return
			}
			answers(400*time.Millisecond, fine)(c)
		}
		p.Watch([]tuner.Target{target(a)})
		o := after(t, p, time.Minute)[a]
		if got := *o.SuccessLatencySeconds; got != 0.4 {
			t.Errorf("latency of the good ones %v", got)
		}
		if *o.LatencySeconds > 0.25 || *o.ErrorRatio < 0.45 || *o.ErrorRatio > 0.55 {
			t.Errorf("got %s", told(o))
		}
	})
}

// Nobody but the table's own real servers is asked: neither where a server
// redirects to, nor a proxy that the environment names.
func TestNobodyElseIsAsked(t *testing.T) {
	const a, elsewhere, proxy = "10.0.0.2:80", "10.0.0.9:80", "10.0.0.9:3128"
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://"+proxy)
	}
	for _, host := range []string{"", "elsewhere.example.org", elsewhere} {
		config := httpProbe()
		config.Host = host
		inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
			n.servers[a] = answers(0, "HTTP/1.1 307 Elsewhere\r\nLocation: http://"+elsewhere+"/\r\nContent-Length: 0\r\n\r\n")
			n.servers[elsewhere], n.servers[proxy] = answers(0, fine), answers(0, fine)
			p.Watch([]tuner.Target{target(a)})
			after(t, p, 10*time.Second)
			if n.dialled(a) == 0 || n.dialled(elsewhere) != 0 || n.dialled(proxy) != 0 {
				t.Errorf("with host %q: asked %v", host, n.dials)
			}
		})
	}
}

func TestKeepAlive(t *testing.T) {
	const a = "10.0.0.2:80"
	config := httpProbe()
	config.KeepAlive = true
	tests := []struct {
		name        string
		serve       func(net.Conn)
		least, most int // connections in ten seconds
	}{
		{"never kept", answers(0, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), 7, 12},
		{"closed by the server meanwhile", func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = io.WriteString(c, fine)
		}, 7, 12},
		{"kept", answers(0, fine), 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, config, func(t *testing.T, n *network, p *Prober) {
				n.servers[a] = test.serve
				p.Watch([]tuner.Target{target(a)})
				o := after(t, p, 10*time.Second)[a]
				if got := n.dialled(a); got < test.least || got > test.most || *o.ErrorRatio != 0 {
					t.Errorf("%d connections: %s", got, told(o))
				}
			})
		})
	}
}

func TestRequest(t *testing.T) {
	head := httpProbe()
	head.Method, head.Host, head.KeepAlive = http.MethodHead, "shop.example.org", true
	tests := []struct {
		name   string
		config tuner.Probe
		want   string
	}{
		{"plain", httpProbe(), "GET /healthz?deep=1 HTTP/1.1\r\nHost: 10.0.0.2:80\r\nUser-Agent: weight-tuner\r\nConnection: close\r\n\r\n"},
		{"HEAD with a host", head, "HEAD /healthz?deep=1 HTTP/1.1\r\nHost: shop.example.org\r\nUser-Agent: weight-tuner\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, test.config, func(t *testing.T, n *network, p *Prober) {
				var got string
				n.servers["10.0.0.2:80"] = func(c net.Conn) {
					b := make([]byte, 1000)
					size, _ := c.Read(b)
					got = string(b[:size])
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
					if test.config.Method == http.MethodGet {
						_, _ = io.WriteString(c, "fine")
					}
				}
				p.Watch([]tuner.Target{target("10.0.0.2:80")})
				if o := after(t, p, 10*time.Second)["10.0.0.2:80"]; *o.ErrorRatio != 0 || got != test.want {
					t.Errorf("%s, asked\n%s", told(o), got)
				}
			})
		})
	}
}
