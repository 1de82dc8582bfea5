package coordination

import (
	"bytes"
	"context"
	"os"
	"strings"
	"time"

	"github.com/prometheus/common/config"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

const (
	// dialTime and probeEvery are how soon an endpoint that is gone gives way to
	// another one.
	dialTime   = 2 * time.Second
	probeEvery = 2 * time.Second
	// longestAnswer bounds a plan, of which etcd takes 1.5 MiB by itself.
	longestAnswer = 16 << 20
)

// open returns a client by the files as they are now.
func (m *Member) open(ctx context.Context) (*clientv3.Client, error) {
	c := clientv3.Config{
		Context: context.WithoutCancel(ctx), Endpoints: m.config.Endpoints, Logger: zap.NewNop(),
		DialTimeout: dialTime, DialKeepAliveTime: probeEvery, DialKeepAliveTimeout: probeEvery, PermitWithoutStream: true,
		MaxCallRecvMsgSize: longestAnswer, Username: m.config.Username,
	}
	if m.config.PasswordFile != "" {
		password, err := os.ReadFile(m.config.PasswordFile)
		if err != nil {
			return nil, err
		}
		c.Password = string(bytes.TrimSpace(password))
	}
	for _, e := range m.config.Endpoints {
		if strings.HasPrefix(e, "https:") && c.TLS == nil {
			var err error
			if c.TLS, err = config.NewTLSConfig(&m.config.TLS); err != nil {
				return nil, err
			}
		}
	}
	return clientv3.New(c)
}
