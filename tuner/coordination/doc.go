// Package coordination has one of several tuners plan for all, through etcd.
//
// Each is a candidate of an election that goes by leases. The one whose candidacy
// is the oldest plans, and publishes its plan in a transaction that holds only
// while that candidacy stands. Whether it does is asked of etcd each time, by
// reads that a majority has confirmed: who cannot reach one knows nothing.
package coordination
