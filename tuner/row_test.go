package tuner

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// TestRowHasEveryValue sets each value that there is, the rarest ones too, and
// finds it again in what was written.
func TestRowHasEveryValue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		var want, got serverState
		fill(t, random, reflect.ValueOf(&want).Elem())
		want.round()
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v and %v, want %+v, by %s", got, err, want, text)
		}
		again := want
		if again.round(); !reflect.DeepEqual(again, want) {
			t.Errorf("rounded twice: %+v, want %+v", again, want)
		}
	}
}

// fill sets every value to a random one.
func fill(t *testing.T, random *rand.Rand, v reflect.Value) {
	t.Helper()
	switch into := v.Addr().Interface().(type) {
	case *stamp:
		*into = stamp(random.Int64N(farthest))
		return
	case *time.Time:
		*into = time.Unix(random.Int64N(4e9), random.Int64N(1e9)).UTC()
		return
	case *ipvs.ServerID:
		into.AddrPort = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(random.Uint32())}), uint16(random.Uint32()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, random, v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, random, v.Index(i))
		}
	case reflect.Slice:
		v.SetBytes([]byte{byte(random.Uint32()), 0})
	case reflect.Float32, reflect.Float64:
		v.SetFloat(math.Exp(random.NormFloat64()))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(1 + random.Uint64N(math.MaxUint32))
	case reflect.Int:
		v.SetInt(1 + random.Int64N(1000))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("a \"source\" <of> ours\u2028\n")
	default:
		t.Fatalf("a value of %s", v.Type())
	}
}

func TestRowOfOddTimes(t *testing.T) {
	for _, year := range []int{1, 2, 1600, 1969, 2300, 9999} {
		want := serverState{ID: plantServer(1)}
		want.Window.Time = stampOf(time.Date(year, 1, 1, 0, 0, 0, 1, time.UTC))
		want.ErrorsAt = stampOf(time.Date(2026, 1, 1, 0, 0, 0, 1, time.UTC))
		text, _ := json.Marshal(want)
		var got serverState
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v and %v, want %+v", got, err, want)
		}
	}
}

func TestRowOfNoNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), 1e300} {
		states := States{"": {Services: map[ipvs.ServiceID]serviceState{plantService: {Servers: []serverState{{ID: plantServer(1), Luck: v}}}}}}
		if text, err := states.text(); err == nil {
			t.Errorf("%v: got %s", v, text)
		}
	}
}

// TestStateText has the states as encoding/json has them.
func TestStateText(t *testing.T) {
	p := newPlant(1, 60, 40, 40, 10)
	_, state := Step(plantConfig(), State{}, p.table(), p.observe(), p.now)
	for _, states := range []States{{}, {"": {}}, {"": state}, {"": state, "/run/netns/a<b": state}} {
		want, err := json.Marshal(stateFile{stateVersion, states})
		if err != nil {
			t.Fatal(err)
		}
		got, err := states.text()
		var compact, plain, back bytes.Buffer
		if err := json.Compact(&compact, got); err != nil {
			t.Fatal(err)
		}
		sorted := func(text []byte, into *bytes.Buffer) {
			var any map[string]any
			if err := json.Unmarshal(text, &any); err != nil {
				t.Fatal(err)
			}
			json.NewEncoder(into).Encode(any)
		}
		sorted(compact.Bytes(), &plain)
		sorted(want, &back)
		if err != nil || plain.String() != back.String() {
			t.Errorf("got %s and %v, want %s", plain.String(), err, back.String())
		}
	}
}

// FuzzRow has what is read from a line written and read again.
func FuzzRow(f *testing.F) {
	p := newPlant(1, 60, 40, 40, 10)
	_, state := Step(plantConfig(), State{}, p.table(), p.observe(), p.now)
	full, _ := json.Marshal(state.Services[plantService].Servers[0])
	f.Add(full)
	f.Add([]byte(`["10.0.0.2:80", null, 1e3, "x", [1], {"a": 2}]`))
	f.Add([]byte(`["10.0.0.2:80\u0020", "2026-01-02T03:04:05Z", -1, 4294967296]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var first, second serverState
		if json.Unmarshal(text, &first) != nil {
			return
		}
		again, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("%+v: %v", first, err)
		}
		if err := json.Unmarshal(again, &second); err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("got %+v and %v, want %+v", second, err, first)
		}
	})
}
