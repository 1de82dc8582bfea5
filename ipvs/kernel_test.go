package ipvs

import "testing"

func TestKernel(t *testing.T) {
	tests := []struct {
		name, release, build string
		want                 string
		factor               uint32
	}{
		{"nothing", "", "", "", 0},
		{"not a version", "linux", "#1", "", 0},
		{"Debian 12", "6.1.0-56-cloud-amd64\n", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-01)\n", "6.1.192", 257},
		{"Debian 12 before the fix", "6.1.0-50-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-04-01)", "6.1.176", 256},
		{"Debian 6.12", "6.12.117+deb12-cloud-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1~deb12u1 (2026-11-01)", "6.12.117", 257},
		{"6.12 before the fix", "6.12.103", "#1 SMP", "6.12.103", 256},
		{"Ubuntu tells no patch", "6.8.0-45-generic", "#45-Ubuntu SMP PREEMPT_DYNAMIC", "6.8", 0},
		{"Ubuntu of a known series", "6.12.0-45-generic", "#45-Ubuntu SMP PREEMPT_DYNAMIC", "6.12", 0},
		{"mainline .0", "7.2.0", "#1 SMP", "7.2.0", 257},
		{"7.1", "7.1.3", "#1 SMP", "7.1.3", 0},
		{"later", "8.0.1-arch1-1", "#1 SMP", "8.0.1", 257},
		{"long unmaintained", "4.19.0-27-amd64", "#1 SMP Debian 4.19.316-1 (2024-06-25)", "4.19.316", 256},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := parseKernel(test.release, test.build)
			if k.String() != test.want || k.overheadFactor() != test.factor {
				t.Errorf("got %q, factor %d, want %q, %d", k, k.overheadFactor(), test.want, test.factor)
			}
		})
	}
}
