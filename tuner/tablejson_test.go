package tuner

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
)

func TestReadTableMistakes(t *testing.T) {
	in := func(service string) string { return `{"services": [` + service + `]}` }
	with := func(server string) string {
		return in(`{"service": "tcp/10.0.0.1:80", "scheduler": "wrr", "servers": [` + server + `]}`)
	}
	tests := []struct{ name, text, want string }{
		{"empty", "", "f: is not a JSON object"},
		{"null", "null", "f: is not a JSON object"},
		{"array", "[]", "f: is not a JSON object"},
		{"no end", "{\n", "f:2: the JSON object has no end"},
		{"syntax", "{\n\"a\" 1}", "f:2: invalid character '1' after object key"},
		{"something follows", "{}\n{}", "f:2: something follows the JSON object"},
		{"unknown field", "{\n\"foo\": 1}", `f:2: unknown field "foo"`},
		{"wrong type", "{\n\"services\": 3}", "f:2: services: cannot be number"},
		{"overhead", `{"overhead_factor": 255}`, "f: overhead_factor: 255 is not 256 or 257"},
		{"no service", in(`{"scheduler": "wrr"}`), "f: services[0]: has no service"},
		{"bad service", in(`{"service": "tcp/10.0.0.1"}`), `virtual service "tcp/10.0.0.1": "10.0.0.1" is not ADDRESS:PORT`},
		{"no scheduler", in(`{"service": "fwm/1"}`), "f: fwm/1: has no scheduler"},
		{"service twice", in(`{"service": "fwm/1", "scheduler": "rr"}, {"service": "fwm/1", "scheduler": "rr"}`), "f: fwm/1: is there twice"},
		{"another scheduler's flag", in(`{"service": "fwm/1", "scheduler": "mh", "scheduler_flags": ["sh-port"]}`),
			`f: fwm/1: scheduler_flags: "sh-port" is not a flag of scheduler mh`},
		{"netmask", in(`{"service": "fwm/1", "scheduler": "rr", "netmask": "129"}`),
			`f: fwm/1: netmask: "129" is neither an IPv4 mask nor a prefix length from 1 to 128`},
		{"no server", with(`{}`), "f: tcp/10.0.0.1:80: servers[0]: has no server"},
		{"bad server", with(`{"server": "10.0.0.2:080"}`), `real server "10.0.0.2:080"`},
		{"server twice", with(`{"server": "10.0.0.2:80"}, {"server": "10.0.0.2:80"}`), "f: tcp/10.0.0.1:80: 10.0.0.2:80: is there twice"},
		{"negative weight", with(`{"server": "10.0.0.2:80", "weight": -1}`), "f:1: services.servers.weight: cannot be number -1"},
		{"large weight", with(`{"server": "10.0.0.2:80", "weight": 2147483648}`),
			"f: tcp/10.0.0.1:80: 10.0.0.2:80: weight: 2147483648 is above 2147483647"},
		{"fractional count", with(`{"server": "10.0.0.2:80", "active_connections": 0.5}`), "cannot be number 0.5"},
		{"forward", with(`{"server": "10.0.0.2:80", "forward": "1"}`), `forward: "1" is not masq`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := ReadTable(strings.NewReader(test.text), "f")
			if err == nil {
				t.Fatalf("got %+v", s)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
		})
	}
}

func TestTableGoldenRoundTrip(t *testing.T) {
	data, err := os.ReadFile("testdata/table.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ReadTable(bytes.NewReader(data), "table.json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := WriteTable(&out, s); err != nil {
		t.Fatal(err)
	}
	golden.Expect(t, "table.json", out.Bytes())
}

func TestReadTableFillsIn(t *testing.T) {
	const text = `{"services": [{"service": "fwm/1", "scheduler": "rr", "servers": [{"server": "10.0.0.2:0"}]}]}`
	s, err := ReadTable(strings.NewReader(text), "f")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Table.Services[0].Servers[0]; got.Weight != 0 || got.Forward.String() != "masq" {
		t.Errorf("got %+v", got)
	}
}

func FuzzReadTable(f *testing.F) {
	data, err := os.ReadFile("testdata/table.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadTable(bytes.NewReader(data), "f")
		if err != nil {
			return
		}
		var first, second bytes.Buffer
		if err := WriteTable(&first, s); err != nil {
			t.Fatal(err)
		}
		again, err := ReadTable(bytes.NewReader(first.Bytes()), "again")
		if err != nil {
			t.Fatalf("%v, in\n%s", err, first.Bytes())
		}
		if err := WriteTable(&second, again); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%v: got\n%s\nthen\n%s", err, first.Bytes(), second.Bytes())
		}
		if !reflect.DeepEqual(s.Table.Services, again.Table.Services) {
			t.Errorf("got %+v\nthen %+v", s.Table, again.Table)
		}
	})
}
