package collector

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

func newSysctl() subject {
	return subject{name: NameSysctl, part: partSysctls, families: []family{
		newGauge("ipvs_sysctl", "Setting of net.ipv4.vs, by its name there; the second number of sync_threshold is sync_period.", []string{"netns", "name"}, putSysctls),
		newGauge("ipvs_sysctl_info", "Setting of net.ipv4.vs that is no number.", []string{"netns", "name", "value"}, putSysctlTexts),
		newGauge("ipvs_defense_active", "1 while the director defends itself so: it drops a part of the old connections' entries (drop_entry), of the new ones' packets (drop_packet), or has shorter timeouts (secure_tcp).", []string{"netns", "defense"}, putDefenses),
	}}
}

func putSysctls(v *view, o *output) {
	for _, setting := range v.sysctls {
		if setting.Text == "" {
			o.add(float64(setting.Value), v.name, setting.Name)
		}
	}
}

func putSysctlTexts(v *view, o *output) {
	for _, setting := range v.sysctls {
		if setting.Text != "" {
			o.add(1, v.name, setting.Name, setting.Text)
		}
	}
}

func putDefenses(v *view, o *output) {
	for _, setting := range v.sysctls {
		if setting.Text == "" && isDefense(setting) {
			o.add(oneIf(setting.Value >= defenseActive), v.name, setting.Name)
		}
	}
}

// defenseActive is the least value of a defence that is at work: 0 is off, 1
// waits for memory to run short, 2 is what the kernel makes of 1 then, 3 is
// always (ip_vs_ctl.c:update_defense_level).
const defenseActive = 2

func isDefense(s ipvs.Sysctl) bool {
	return s.Name == "drop_entry" || s.Name == "drop_packet" || s.Name == "secure_tcp"
}
