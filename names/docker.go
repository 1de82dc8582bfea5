package names

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

const (
	dockerTimeout = 10 * time.Second // of reading everything
	dockerMax     = 64 << 20         // bytes of an answer; a task has some 3000
)

// docker reads a swarm through the API of one of its managers.
type docker struct {
	host string // as the user gave it
	base string // of URLs
	http *http.Client
}

// newDocker returns a client of the engine at host, unix:///PATH or
// tcp://HOST:PORT. It does not connect yet.
func newDocker(host string) (*docker, error) {
	u, err := url.Parse(host)
	switch {
	case err == nil && u.Scheme == "unix" && u.Host == "" && u.Path != "":
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", u.Path)
		}}
		return &docker{host, "http://docker", newDockerClient(transport)}, nil
	case err == nil && u.Scheme == "tcp" && u.User == nil && u.Port() != "" && u.Path == "":
		return &docker{host, "http://" + u.Host, newDockerClient(&http.Transport{})}, nil
	}
	return nil, fmt.Errorf("docker host %q: want unix:///PATH or tcp://HOST:PORT", host)
}

// newDockerClient returns a client that does not let itself be sent elsewhere,
// which the engine has no reason for.
func newDockerClient(transport *http.Transport) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// read returns what the swarm's addresses are called now.
func (d *docker) read(ctx context.Context) (*swarm, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerTimeout)
	defer cancel()
	s, err := d.readAll(ctx)
	if err != nil {
		return nil, fmt.Errorf("docker at %s: %w", d.host, err)
	}
	return s, nil
}

func (d *docker) readAll(ctx context.Context) (*swarm, error) {
	api, err := d.negotiate(ctx)
	if err != nil {
		return nil, err
	}
	var services []dockerService
	var tasks []dockerTask
	var networks []dockerNetwork
	for _, list := range []struct {
		path, filters string
		into          any
	}{
		{"/networks", `{"scope":["swarm"]}`, &networks},
		{"/services", `{}`, &services},
		{"/tasks", `{"desired-state":["running"]}`, &tasks},
	} {
		if err := d.list(ctx, api+list.path, list.filters, list.into); err != nil {
			return nil, fmt.Errorf("list %s: %w", list.path[1:], err)
		}
	}
	return newSwarm(services, tasks, networks), nil
}

// negotiate returns the prefix of paths, as /v1.44, for the newest version
// that the engine speaks: no single version is spoken by all engines in use,
// and paths without one are to go.
func (d *docker) negotiate(ctx context.Context) (string, error) {
	answer, err := d.get(ctx, "/_ping")
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	version := answer.Header.Get("Api-Version")
	if !regexp.MustCompile(`^\d+\.\d+$`).MatchString(version) {
		return "", errors.New("what answers there names no version of the engine's API")
	}
	return "/v" + version, nil
}

func (d *docker) list(ctx context.Context, path, filters string, into any) error {
	answer, err := d.get(ctx, path+"?filters="+url.QueryEscape(filters))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, dockerMax+1))
	switch {
	case err != nil:
		return err
	case len(text) > dockerMax:
		return fmt.Errorf("the answer is over %d bytes", dockerMax)
	}
	return json.Unmarshal(text, into)
}

// get returns the answer, whose body the caller closes, or what went wrong.
func (d *docker) get(ctx context.Context, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := d.http.Do(request)
	if err != nil {
		return nil, errors.Unwrap(err) // *url.Error repeats the URL, which has a made-up host
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, refusal(answer)
	}
	return answer, nil
}

// refusal returns what the engine said was wrong, as that the node is not a
// swarm manager.
func refusal(answer *http.Response) error {
	var problem struct{ Message string }
	_ = json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&problem) // then the status alone tells
	if problem.Message == "" {
		return fmt.Errorf("HTTP status %s", answer.Status)
	}
	return fmt.Errorf("the engine answers %q (HTTP %d)", problem.Message, answer.StatusCode)
}
