module github.com/ipvs-autopilot/ipvs-autopilot

go 1.26.0

require (
	github.com/google/renameio/v2 v2.0.2 // indirect
	github.com/prometheus/client_golang v1.25.0 // indirect
	go.uber.org/multierr v1.10.0 // indirect
	go.uber.org/zap v1.28.0 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
)
