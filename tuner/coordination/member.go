package coordination

import (
	"context"
	"errors"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// retryEvery is how long it takes until a session that was lost is sought again.
const retryEvery = time.Second

// Member is one of the tuners that are coordinated.
type Member struct {
	config tuner.Etcd
	name   string
	log    *zap.Logger
	told   chan struct{}
	leads  string // the candidacy that was the oldest when it was last asked, "" if it was not; asking and publishing take turns

	mutex sync.Mutex
	seat  seat
	err   error // why there is none
}

// seat is a candidacy.
type seat struct {
	client *clientv3.Client
	key    string
}

var errNoSession = errors.New("etcd has not answered yet")

// New returns a member. Nothing is asked of etcd before it runs. The name is for
// people.
func New(c tuner.Etcd, name string, log *zap.Logger) *Member {
	return &Member{config: c, name: name, log: log, told: make(chan struct{}, 1), err: errNoSession}
}

// Coordination returns what a loop needs of the member.
func (m *Member) Coordination() *tuner.Coordination {
	return &tuner.Coordination{Ask: m.ask, Publish: m.publish, Told: m.told}
}

// Run is a candidate until ctx is done. What fails is tried again.
func (m *Member) Run(ctx context.Context) error {
	for {
		err := m.sit(ctx)
		if ctx.Err() != nil {
			return nil
		}
		m.log.Warn("no session with etcd", zap.Error(err))
		m.set(seat{}, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryEvery):
		}
	}
}

// sit is a candidate for as long as one session lasts, and returns why it has
// ended.
func (m *Member) sit(ctx context.Context) error {
	client, err := m.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	session, err := m.begin(ctx, client)
	if err != nil {
		return err
	}
	defer end(client, session)
	during, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { <-session.Done(); cancel() }()
	go m.watch(during, client)
	m.set(seat{client, m.candidacy(session)}, nil)
	m.log.Info("session with etcd", zap.Strings("endpoints", m.config.Endpoints))
	if err := concurrency.NewElection(session, m.elections()).Campaign(during, m.name); err != nil {
		return err
	}
	m.log.Info("plans for all")
	m.tell()
	<-during.Done()
	return errors.New("the lease has ended")
}

// begin takes out a lease that is kept alive.
func (m *Member) begin(ctx context.Context, client *clientv3.Client) (*concurrency.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, m.config.TTL)
	defer cancel()
	lease, err := client.Grant(ctx, int64(m.config.TTL/time.Second))
	if err != nil {
		return nil, err
	}
	return concurrency.NewSession(client, concurrency.WithLease(lease.ID))
}

// endTime is for how long etcd is asked to forget a lease, which it does by
// itself too.
const endTime = 2 * time.Second

func end(client *clientv3.Client, session *concurrency.Session) {
	session.Orphan()
	ctx, cancel := context.WithTimeout(client.Ctx(), endTime)
	defer cancel()
	_, _ = client.Revoke(ctx, session.Lease())
}

// watch tells of each change, until ctx is done.
func (m *Member) watch(ctx context.Context, client *clientv3.Client) {
	for ctx.Err() == nil {
		for range client.Watch(clientv3.WithRequireLeader(ctx), m.config.Prefix+"/", clientv3.WithPrefix()) {
			m.tell()
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryEvery):
		}
	}
}

func (m *Member) tell() {
	select {
	case m.told <- struct{}{}:
	default:
	}
}

func (m *Member) set(s seat, err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.seat, m.err = s, err
}

func (m *Member) get() (seat, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.seat, m.err
}
