//go:build linux

package measure

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"golang.org/x/sys/unix"
)

// What a scraper says of the answers that it takes.
const (
	acceptPrometheus2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
	acceptPrometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)

// headers returns those of a request for what is measured.
func headers(what string) string {
	switch what {
	case Gzip:
		return "Accept-Encoding: gzip\r\n"
	case Prometheus2:
		return "Accept: " + acceptPrometheus2 + "\r\nAccept-Encoding: gzip\r\n"
	case Prometheus3:
		return "Accept: " + acceptPrometheus3 + "\r\nAccept-Encoding: gzip\r\n"
	}
	return ""
}

// scrape asks for the metrics and has the kernel throw away what comes after
// the status line, which is also how the time it takes here is kept short.
func scrape(port int, headers string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return fmt.Errorf("connect to port %d: %w", port, err)
	}
	request := "GET /metrics HTTP/1.1\r\nHost: director\r\nConnection: close\r\n" + headers + "\r\n"
	if _, err := unix.Write(fd, []byte(request)); err != nil {
		return err
	}
	const ok = "HTTP/1.1 200 "
	buffer := make([]byte, 1<<20)
	n, err := receive(fd, buffer[:len(ok)], unix.MSG_WAITALL)
	if err != nil || string(buffer[:n]) != ok {
		return fmt.Errorf("scrape of port %d answered %q: %w", port, buffer[:n], err)
	}
	for n > 0 && err == nil {
		n, err = receive(fd, buffer, unix.MSG_TRUNC)
	}
	return err
}

func receive(fd int, buffer []byte, flags int) (int, error) {
	for {
		n, _, err := unix.Recvfrom(fd, buffer, flags)
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}

// count returns how many series and bytes an answer without compression has.
func count(port int) (series, size float64, err error) {
	body, err := get(port, "/metrics")
	if err != nil {
		return 0, 0, err
	}
	defer body.Close()
	lines := bufio.NewReaderSize(body, 1<<16)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return series, size, nil
		}
		if err != nil {
			return 0, 0, err
		}
		size += float64(len(line))
		if line[0] != '#' {
			series++
		}
	}
}

// mallocs returns how many objects an exporter written in Go has allocated so
// far, as it tells beside the collector that has the least to tell.
func mallocs(port int) (float64, error) {
	body, err := get(port, "/metrics?collect[]=sysctl")
	if err != nil {
		return 0, err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(text, []byte("\ngo_memstats_mallocs_total "))
	value, _, _ := bytes.Cut(rest, []byte("\n"))
	return strconv.ParseFloat(string(value), 64)
}

func get(port int, path string) (io.ReadCloser, error) {
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", port, path), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("%s answered %s", request.URL, answer.Status)
	}
	return answer.Body, nil
}
