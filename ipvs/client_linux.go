package ipvs

import (
	"cmp"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// Client reads and edits the IPVS of one network namespace. Its methods may
// be called concurrently; they take turns.
//
// Netlink takes CAP_NET_ADMIN in the initial user namespace. A namespace
// other than the process's takes CAP_SYS_ADMIN.
//
// A client is made without asking the kernel: while IPVS is missing its
// methods fail with [ErrNotSupported], and work as soon as it is there. It
// never makes the kernel load the module.
type Client struct {
	netns  Netns
	source Source
	proc   *proc
	host   *host

	mu    sync.Mutex
	conn  *conn         // nil until the first use, and after a fault
	files directorFiles // open while conn is
}

// Options say what a [Client] reads; the zero value is the IPVS of the
// process's own network namespace, over netlink where that is permitted and
// else from /proc.
type Options struct {
	Proc   string // where the proc filesystem is mounted; "" is /proc
	Source Source // "" is Netlink where that is permitted, else Procfs
	Netns  Netns  // zero is the process's own

	// OverheadFactor overrides that of the running kernel in [Director];
	// zero does not.
	OverheadFactor uint32

	host *host // nil is to look at it
}

// host is what network namespaces have in common.
type host struct {
	kernel    *runningKernel
	marks     *markReader
	datagrams sync.Pool // of *datagram: there is no need for one by client
}

func hostAt(proc string) *host {
	return &host{
		kernel: kernelAt(proc), marks: newMarkReader(proc),
		datagrams: sync.Pool{New: func() any { return new(datagram) }},
	}
}

// NewClient returns a client.
func NewClient(o Options) *Client {
	o.Proc = cmp.Or(o.Proc, "/proc")
	if o.host == nil {
		o.host = hostAt(o.Proc)
	}
	p := newProc(o.Proc, o.host.kernel)
	p.overheadFactor = o.OverheadFactor
	return &Client{netns: o.Netns, source: o.Source, proc: p, host: o.host}
}

// LoadModule makes the kernel load the module ip_vs, if it is not there: that
// is what asking for its netlink family does.
func LoadModule() error {
	c, err := dial(new(datagram))
	if err != nil {
		return &Error{Op: "load module", Err: cause(err)}
	}
	c.close()
	return nil
}

// Netns returns what the client's network namespace is called: the base name
// of its file, "" for the process's own.
func (c *Client) Netns() string { return c.netns.Name }

// NetnsFile returns the path of the file that the client's network namespace is
// entered through, "" for the process's own.
func (c *Client) NetnsFile() string { return c.netns.Path }

// NetnsInode returns the inode number of the client's network namespace, by which
// the kernel tells it from others.
func (c *Client) NetnsInode() (uint64, error) {
	if c.netns != (Netns{}) {
		return c.netns.id.inode, nil
	}
	own, err := identifyNetns(ownNetns)
	if err != nil {
		return 0, fmt.Errorf("ipvs: find the program's own network namespace: %w", withoutPath(err))
	}
	return own.inode, nil
}

// Close closes the client's socket and files. The client may be used again.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.disconnect()
	return nil
}

func (c *Client) disconnect() {
	if c.conn != nil {
		c.conn.close()
		c.files.close()
		c.conn = nil
	}
}

// connected calls use with an open connection. Errors of the socket, as
// against answers of the kernel, close it, so that the next call starts
// afresh. The number of the netlink family changes when the module is
// reloaded, and the kernel answers ENOENT to the old one: then use is tried
// once more.
func (c *Client) connected(use func(*conn) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	wasOpen := c.conn != nil
	err := c.try(use)
	if wasOpen && c.conn == nil {
		err = c.try(use)
	}
	return err
}

func (c *Client) try(use func(*conn) error) error {
	answer := c.host.datagrams.Get().(*datagram)
	defer c.host.datagrams.Put(answer)
	if err := c.connect(answer); err != nil {
		return cause(err)
	}
	err := use(c.conn)
	if err != nil && !isAnswer(err) {
		c.disconnect()
	}
	return cause(err)
}

// connect opens a socket and files inside the client's network namespace, where
// they stay, so that the namespace needs to be entered only once. While they are
// open, no other namespace can get the number of its own.
func (c *Client) connect(answer *datagram) error {
	if c.conn != nil {
		c.conn.answer = answer
		err := c.netns.check()
		if err != nil {
			c.disconnect()
		}
		return err
	}
	return c.netns.do(func() error {
		files, err := openDirectorFiles(c.proc.net)
		if err != nil {
			return err
		}
		if c.conn, err = dial(answer); err != nil {
			files.close()
			return err
		}
		c.files = files
		return nil
	})
}

// isAnswer tells what the kernel said of a virtual service or real server
// from what shows that the connection is of no more use.
func isAnswer(err error) bool {
	for _, answer := range []error{
		ErrNoService, ErrNoServer, ErrNoScheduler, ErrChanged, errTooLarge, errThresholds,
		unix.ESRCH, unix.EPERM, unix.EINVAL, unix.EAFNOSUPPORT,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}

// Servers returns the real servers of a virtual service, in the kernel's
// order.
func (c *Client) Servers(id ServiceID) ([]RealServer, error) {
	var servers []RealServer
	err := c.connected(func(conn *conn) error {
		var err error
		servers, err = conn.existingServers(id)
		return err
	})
	if err != nil {
		return nil, &Error{Op: "list real servers", Service: id, Err: err}
	}
	return servers, nil
}
