//go:build lab

package packages

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	exporterMetrics = "http://127.0.0.1:9975/metrics"
	tunerMetrics    = "http://127.0.0.1:9976/metrics"
)

// director makes a table with one real server.
func director(t *testing.T) {
	t.Helper()
	sh(t, `nat.sh 1
		ip netns exec director ipvsadm -A -t 10.0.1.100:80 -s wrr
		ip netns exec director ipvsadm -a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 7`)
}

// serves waits until a page has a line.
func serves(t *testing.T, page, line string) (text string) {
	t.Helper()
	eventually(t, func() error {
		text = sh(t, "ip netns exec director wget -qO - "+page+" || true")
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			return fmt.Errorf("%s has no %s in %d bytes", page, line, len(text))
		}
		return nil
	})
	return text
}

const weight = `ipvs_server_weight{netns="",server="10.0.2.11:8080",service="tcp/10.0.1.100:80"} 7`

// A package that is purged leaves nothing, so that one Debian does for both.
func TestPackages(t *testing.T) {
	director(t)
	d := boot(t)
	t.Run("ipvs-exporter", func(t *testing.T) { exporter(t, d) })
	t.Run("weight-tuner", func(t *testing.T) { tuner(t, d) })
}

func exporter(t *testing.T, d debian) {
	before := d.files(t)

	begin := time.Now()
	d.sh(t, "dpkg -i /root/ipvs-exporter.deb")
	serves(t, exporterMetrics, weight)
	t.Logf("from the deb to the first scrape: %.1f s", time.Since(begin).Seconds())
	d.is(t, "ipvs-exporter", "enabled", "active")
	d.confined(t, "ipvs-exporter")
	if got := d.sh(t, "ipvs-exporter --version"); !strings.Contains(got, "version v1.0.0 ") {
		t.Errorf("it is of the version %s", got)
	}

	first := d.property(t, "ipvs-exporter", "MainPID")
	d.sh(t, `sed -i 's/^ARGS="/&--no-collector.sysctl /' /etc/default/ipvs-exporter`)
	d.upgrade(t, "ipvs-exporter")
	if got := serves(t, exporterMetrics, weight); strings.Contains(got, "\nipvs_sysctl{") {
		t.Error("the flags that the admin gave are lost")
	}
	if !d.has("/etc/default/ipvs-exporter.dpkg-dist") {
		t.Error("the newer flags are not beside the admin's")
	}
	if got := d.property(t, "ipvs-exporter", "MainPID"); got == first {
		t.Error("the old version still runs")
	}
	if got := d.property(t, "ipvs-exporter", "NRestarts"); got != "0" {
		t.Errorf("it was restarted %s times by itself", got)
	}

	d.sh(t, "dpkg -r ipvs-exporter")
	if pids, _ := d.run("pidof ipvs-exporter"); pids != "" || d.has("/usr/bin/ipvs-exporter") || !d.has("/etc/default/ipvs-exporter") {
		t.Error("removed, it still runs, or is there, or its flags are gone")
	}
	d.purge(t, "ipvs-exporter", before)
}

func tuner(t *testing.T, d debian) {
	before := d.files(t)

	d.sh(t, "dpkg -i /root/weight-tuner.deb")
	d.is(t, "weight-tuner", "enabled", "inactive")
	d.sh(t, `weight-tuner init --output=/etc/weight-tuner/weight-tuner.yaml
		sed -i 's/^dry_run: true/dry_run: false/' /etc/weight-tuner/weight-tuner.yaml
		systemctl start weight-tuner`)
	serves(t, tunerMetrics, `weight_tuner_server_weight{netns="",server="10.0.2.11:8080",service="tcp/10.0.1.100:80"} 7`)
	d.is(t, "weight-tuner", "enabled", "active")
	d.confined(t, "weight-tuner")
	eventually(t, func() error {
		if out, err := d.run("test -s /var/lib/weight-tuner/state.json"); err != nil {
			return fmt.Errorf("no state: %w %s", err, out)
		}
		return nil
	})
	log := d.sh(t, "journalctl -q -o cat -u weight-tuner")
	if strings.Count(log, "not permitted: CAP_SYS_ADMIN is needed to attach") != 1 || strings.Contains(log, "\twarn\t") || strings.Contains(log, "\terror\t") {
		t.Errorf("it does not say once, and as no fault, that it times no packets:\n%s", log)
	}

	d.sh(t, "systemctl disable --now weight-tuner")
	d.upgrade(t, "weight-tuner")
	d.is(t, "weight-tuner", "disabled", "inactive")
	d.purge(t, "weight-tuner", before)
}

// is wants a unit to be so, and not to have failed.
func (d debian) is(t *testing.T, unit, enabled, active string) {
	t.Helper()
	got, _ := d.run("systemctl is-enabled " + unit + " || true; systemctl is-active " + unit)
	if want := enabled + "\n" + active + "\n"; got != want {
		t.Errorf("%s is %q, want %q:\n%s", unit, got, want, d.sh(t, "systemctl status "+unit+" || true"))
	}
}

func (d debian) property(t *testing.T, unit, name string) string {
	t.Helper()
	return strings.TrimSpace(d.sh(t, "systemctl show --value -p "+name+" "+unit))
}

// confined wants a program to run as its own user with CAP_NET_ADMIN alone.
func (d debian) confined(t *testing.T, program string) {
	t.Helper()
	status := d.sh(t, "cat /proc/"+d.property(t, program, "MainPID")+"/status")
	uid := strings.TrimSpace(d.sh(t, "id -u "+program))
	for _, want := range []string{
		fmt.Sprintf("Uid:\t%s\t%[1]s\t%[1]s\t%[1]s\n", uid),
		"CapEff:\t0000000000001000\n", "CapBnd:\t0000000000001000\n", "NoNewPrivs:\t1\n", "Seccomp:\t2\n",
	} {
		if !strings.Contains(status, want) {
			t.Errorf("%s runs without %q:\n%s", program, want, status)
		}
	}
	if uid == "0" {
		t.Errorf("%s runs as root", program)
	}
}

// upgrade installs a package of a higher version, whose flags are others.
func (d debian) upgrade(t *testing.T, name string) {
	t.Helper()
	d.sh(t, `cd /root
		dpkg-deb -R `+name+`.deb newer
		sed -i 's/^Version: .*/Version: 1.1.0/' newer/DEBIAN/control
		echo '# newer' >>newer/etc/default/`+name+`
		dpkg-deb -Znone -b newer newer.deb
		dpkg --force-confold -i newer.deb
		rm -r newer newer.deb`)
	if got := d.sh(t, "dpkg-query -W -f '${Version} ${Status}' "+name); got != "1.1.0 install ok installed" {
		t.Errorf("%s is %s", name, got)
	}
}

// purge wants a purged package to leave nothing but its user.
func (d debian) purge(t *testing.T, name string, before []string) {
	t.Helper()
	d.sh(t, "dpkg -P "+name)
	known := map[string]bool{}
	for _, f := range before {
		known[f] = true
	}
	left := slices.DeleteFunc(d.files(t), func(f string) bool { return known[f] })
	if len(left) > 0 {
		t.Errorf("it leaves %q", left)
	}
	if out, err := d.run("systemctl is-system-running"); out != "running\n" {
		t.Errorf("systemd says %s, %v", out, err)
	}
}

// files returns all that packages may bring: not what dpkg and systemd keep of
// themselves, nor the backups of the lists of users.
func (d debian) files(t *testing.T) (list []string) {
	t.Helper()
	for f := range strings.Lines(d.sh(t, "find /etc /opt /usr /var /root -xdev")) {
		f = strings.TrimSpace(f)
		own := []string{"/var/lib/dpkg/*", "/var/log/*", "/var/cache/*/*", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock"}
		if !slices.ContainsFunc(own, func(pattern string) bool { matches, _ := filepath.Match(pattern, f); return matches }) {
			list = append(list, f)
		}
	}
	return list
}
