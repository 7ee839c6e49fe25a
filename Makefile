SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TOOL := go tool -modfile=tools/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: help
help: ## print the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/leaver, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/leaver ./cmd/leaver

.PHONY: run
run: ## start a practice organization that keeps its changes in data/
	go run ./cmd/leaver demo --data data

.PHONY: demo
demo: ## start a practice organization in a temporary folder
	go run ./cmd/leaver demo

.PHONY: test
test: ## install what the tests need, then run every test, none skipped
	scripts/setup
	scripts/test

.PHONY: check
check: lint test rules ## everything that has to pass before a change is done
	$(TOOL) templ generate
	git diff --exit-code -- '*_templ.go'

.PHONY: generate
generate: ## write the Go code of the pages
	$(TOOL) templ generate

.PHONY: fmt
fmt: ## format the sources
	$(TOOL) gofumpt -w cmd internal scripts
	$(TOOL) templ fmt internal

.PHONY: lint
lint: ## run the linters
	$(TOOL) golangci-lint run ./...

.PHONY: rules
rules: ## print where each rule of docs/rules.md is coded and tested
	go run ./scripts/rules

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (30s)
	scripts/fuzz

.PHONY: e2e
e2e: ## run the browser tests
	scripts/setup
	LEAVER_REQUIRE_CHROMIUM=1 go test -count=1 -v ./internal/e2e

.PHONY: screenshots
screenshots: ## take pictures of every page, into bin/screenshots
	scripts/setup
	LEAVER_REQUIRE_CHROMIUM=1 LEAVER_SCREENSHOTS=$(CURDIR)/bin/screenshots go test -count=1 -run Screenshots ./internal/e2e

.PHONY: soak
soak: ## kill, fill and repeat for an hour: nothing may be lost
	scripts/soak

.PHONY: bench
bench: ## measure the figures against their floors
	scripts/bench
