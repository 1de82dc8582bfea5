package traffic

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// nameBytes bounds what is read of an answer.
const nameBytes = 1 << 10

// HTTP returns an Ask that gets url over a new connection, as the director
// schedules connections, not requests, and takes the body for the server's
// name.
func HTTP(url string) Ask {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	return func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		answer, err := client.Do(request)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(io.LimitReader(answer.Body, nameBytes))
		if err != nil {
			return "", err
		}
		if answer.StatusCode != http.StatusOK {
			return "", fmt.Errorf("%s answered %s", url, answer.Status)
		}
		return strings.TrimSpace(string(body)), nil
	}
}
