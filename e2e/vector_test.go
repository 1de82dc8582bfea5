//go:build lab

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeVector answers as Prometheus does, with a value of now for each real
// server.
func writeVector(w http.ResponseWriter, values map[string]float64) {
	type series struct {
		Metric map[string]string `json:"metric"`
		Value  [2]any            `json:"value"`
	}
	var result []series
	for server, value := range values {
		result = append(result, series{map[string]string{"instance": server}, [2]any{float64(time.Now().UnixMilli()) / 1000, fmt.Sprint(value)}})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": "vector", "result": result}})
}
