package director

import (
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Both kernels' thresholds, as connections begin (+) and end (-), a template
// of the service begins (t), and thresholds are edited.
func TestThresholds(t *testing.T) {
	type step struct {
		do           string
		upper, lower uint32 // of an edit, when do is "e"
		old, now     bool   // overloaded: before the fix and since
	}
	tests := []struct {
		name         string
		upper, lower uint32
		steps        []step
	}{
		{"none", 0, 0, []step{{do: "+++---"}}},
		{"reached, and below three quarters", 4, 0, []step{
			{do: "+++"}, {"+", 0, 0, true, true}, {"-", 0, 0, true, true}, {do: "-"}, {do: "+"}, {"+", 0, 0, true, true}}},
		{"three quarters of 5: below 3.75 and below 4", 5, 0, []step{
			{"+++++", 0, 0, true, true}, {"-", 0, 0, true, true}, {do: "-"}}},
		{"a lower one", 4, 2, []step{
			{"++++", 0, 0, true, true}, {"--", 0, 0, true, true}, {do: "-"}, {do: "++"}}},
		{"both equal", 1, 1, []step{{"+", 0, 0, true, true}, {do: "-"}}},
		{"passed by clients of templates", 2, 1, []step{
			{"++++", 0, 0, true, true}, {"--", 0, 0, true, true}, {"-", 0, 0, true, true}, {do: "-"}}},
		{"lowered", 9, 0, []step{
			{do: "+++"}, {"e", 3, 0, false, true}, {"+", 0, 0, true, true}}},
		{"lowered, and a template", 9, 0, []step{
			{do: "+++"}, {"e", 3, 0, false, true}, {"t", 0, 0, true, true}}},
		{"raised, but not past what there is", 2, 0, []step{
			{"++++", 0, 0, true, true}, {"e", 3, 0, false, true}, {"-", 0, 0, false, true}}},
		{"raised to where it is between both", 4, 1, []step{
			{"++++", 0, 0, true, true}, {"e", 5, 1, false, true}}},
		{"removed", 2, 0, []step{{"++", 0, 0, true, true}, {do: "e"}}},
		{"the lower one raised past what there is", 4, 1, []step{
			{"++++-", 0, 0, true, true}, {"-", 0, 0, true, true}, {"e", 4, 3, true, false}, {do: "-"}}},
	}
	for _, tt := range tests {
		for factor, name := range map[uint32]string{256: "before the fix", 257: "since the fix"} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				s := serviceOf(t, Options{OverheadFactor: factor}, ipvs.VirtualService{Scheduler: "rr"}, 1)
				edit(t, s, tt.upper, tt.lower)
				for i, step := range tt.steps {
					act(t, s, step.do, step.upper, step.lower)
					want := step.now
					if factor == 256 {
						want = step.old
					}
					if got := s.scan[0].overloaded; got != want {
						t.Fatalf("step %d: overloaded is %v, want %v, at %d connections", i+1, got, want, s.scan[0].total)
					}
				}
			})
		}
	}
}

func edit(t *testing.T, s *Service, upper, lower uint32) {
	t.Helper()
	if _, err := s.EditServer(0, serverOf(0), ipvs.Edit{UpperThreshold: &upper, LowerThreshold: &lower}); err != nil {
		t.Fatal(err)
	}
}

func act(t *testing.T, s *Service, do string, upper, lower uint32) {
	t.Helper()
	for _, each := range do {
		switch each {
		case '+':
			s.bind(0)
		case '-':
			s.unbind(0)
		case 't':
			s.began(0)
		case 'e':
			edit(t, s, upper, lower)
		}
	}
}
