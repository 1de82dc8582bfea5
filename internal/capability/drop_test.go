package capability

import (
	"testing"

	"kernel.org/pub/linux/libs/security/libcap/cap"
)

func TestHasNone(t *testing.T) {
	tests := []struct {
		name string
		flag cap.Flag
		has  []cap.Value
		want bool
	}{
		{"nothing", cap.Permitted, nil, true},
		{"as the unit has it", cap.Permitted, []cap.Value{cap.NET_ADMIN}, true},
		{"what attaching needs", cap.Permitted, []cap.Value{cap.NET_ADMIN, cap.PERFMON}, false},
		{"for programs that are started", cap.Inheritable, []cap.Value{cap.SYS_ADMIN}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			own := cap.NewSet()
			if err := own.SetFlag(test.flag, true, test.has...); err != nil {
				t.Fatal(err)
			}
			if got, err := hasNone(own); err != nil || got != test.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
