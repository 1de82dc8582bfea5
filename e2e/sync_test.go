//go:build lab

package e2e

import "testing"

// The backup director learns the master's connections: they are active there,
// though it has scheduled none.
func TestSyncDaemons(t *testing.T) {
	const service = "tcp/10.0.1.100:80"
	sh(t, `nat.sh 2
		ip -batch - <<END
netns add backup
link add sync0 netns director type veth peer name sync0 netns backup
END
		for i in 1 2; do
			[ $i = 1 ] && name=director || name=backup
			ip -n $name -batch - <<END
link set lo up
addr add 10.0.9.$i/24 dev sync0
link set sync0 up
END
		done`)
	for _, namespace := range []string{"director", "backup"} {
		ipvsadm(t, namespace, `
			-A -t 10.0.1.100:80 -s rr
			-a -t 10.0.1.100:80 -r 10.0.2.11:9000 -m
			-a -t 10.0.1.100:80 -r 10.0.2.12:9000 -m`)
	}
	shIn(t, "backup", "ipvsadm --start-daemon backup --mcast-interface sync0 --syncid 7")
	shIn(t, "director", `ipvsadm --start-daemon master --mcast-interface sync0 --syncid 7
		ipvsadm --start-daemon backup --mcast-interface sync0 --syncid 8 --mcast-group 224.0.0.82 --mcast-port 8849 --mcast-ttl 2 --sync-maxlen 1200`)
	answer(t, "server1", "tcp", ":9000")
	answer(t, "server2", "tcp", ":9000")
	master, backup := startExporter(t, "director"), startExporter(t, "backup")
	hold(t, "client", "tcp", "10.0.1.100:80", 4)
	visit("client", "tcp", "10.0.1.100:80", 2)
	master.agree(t, samples{
		series("ipvs_sync_daemon_message_bytes", "role", "backup"):                1200,
		ofService("connections_total", service):                                   6,
		ofService("active_connections", service):                                  4,
		ofService("inactive_connections", service):                                2,
		series("ipvs_synced_connections", "proto", "tcp", "state", "established"): 0,
		series("ipvs_sync_daemon_info", "role", "backup", "interface", "sync0", "sync_id", "8",
			"group", "224.0.0.82", "port", "8849", "ttl", "2"): 1,
	})
	backup.agree(t, samples{
		ofService("connections_total", service):                                   0,
		ofServer("active_connections", service, "10.0.2.11:9000"):                 2,
		ofServer("active_connections", service, "10.0.2.12:9000"):                 2,
		ofService("inactive_connections", service):                                2,
		series("ipvs_synced_connections", "proto", "tcp", "state", "established"): 4,
		series("ipvs_sync_daemon_info", "role", "backup", "interface", "sync0", "sync_id", "7",
			"group", "224.0.0.81", "port", "8848", "ttl", "1"): 1,
	})
}
