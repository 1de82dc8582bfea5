package ipvs

// Numbers of the generic netlink family IPVS, version 1
// (include/uapi/linux/ip_vs.h).

const (
	familyName    = "IPVS"
	familyVersion = 1
)

// Commands: IPVS_CMD_.
const (
	cmdSetService = 2
	cmdGetService = 4
	cmdSetServer  = 6
	cmdGetServer  = 8
	cmdGetDaemon  = 11
	cmdGetConfig  = 13
	cmdGetInfo    = 15
)

// Attributes of a command: IPVS_CMD_ATTR_.
const (
	attrService       = 1
	attrServer        = 2
	attrDaemon        = 3
	attrTimeoutTCP    = 4
	attrTimeoutTCPFin = 5
	attrTimeoutUDP    = 6
)

// Attributes of a virtual service: IPVS_SVC_ATTR_.
const (
	serviceFamily    = 1
	serviceProtocol  = 2
	serviceAddress   = 3
	servicePort      = 4
	serviceMark      = 5
	serviceScheduler = 6
	serviceFlags     = 7
	serviceTimeout   = 8
	serviceNetmask   = 9
	serviceStats     = 10
	serviceEngine    = 11
	serviceStats64   = 12
)

// Attributes of a real server: IPVS_DEST_ATTR_.
const (
	serverAddress        = 1
	serverPort           = 2
	serverForward        = 3
	serverWeight         = 4
	serverUpperThreshold = 5
	serverLowerThreshold = 6
	serverActive         = 7
	serverInactive       = 8
	serverPersistent     = 9
	serverStats          = 10
	serverFamily         = 11
	serverStats64        = 12
	serverTunnelType     = 13
	serverTunnelPort     = 14
	serverTunnelFlags    = 15
)

// Attributes of statistics, 32 bits wide or 64: IPVS_STATS_ATTR_.
const (
	statsConnections        = 1
	statsIncomingPackets    = 2
	statsOutgoingPackets    = 3
	statsIncomingBytes      = 4
	statsOutgoingBytes      = 5
	statsConnectionRate     = 6
	statsIncomingPacketRate = 7
	statsOutgoingPacketRate = 8
	statsIncomingByteRate   = 9
	statsOutgoingByteRate   = 10
)

// Attributes of a synchronisation daemon: IPVS_DAEMON_ATTR_.
const (
	daemonState     = 1
	daemonInterface = 2
	daemonSyncID    = 3
	daemonMaxLength = 4
	daemonGroup     = 5
	daemonGroup6    = 6
	daemonPort      = 7
	daemonTTL       = 8
)

// Attributes of GET_INFO's answer: IPVS_INFO_ATTR_.
const (
	infoVersion = 1
	infoBuckets = 2
)

// flagHashed is the kernel's own; it is set in every service that it dumps.
const flagHashed Flags = 0x02

// forwardMask is the forwarding method's part of the flags
// (IP_VS_CONN_F_FWD_MASK).
const forwardMask = 0x07

// The family of generic netlink that knows the others
// (include/uapi/linux/genetlink.h).
const (
	controlFamily        = 16 // GENL_ID_CTRL
	controlVersion       = 1
	cmdGetFamily         = 3
	controlFamilyID      = 1
	controlFamilyName    = 2
	controlFamilyVersion = 3
)
