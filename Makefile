# Two commands are the front door: `make run` and `make test`.
# Needs Go, Node with npm, and the network once, for the packages named in
# go.mod and web/package.json. `make help` lists what there is.

export CGO_ENABLED ?= 0
GO      ?= go
BINARY  := bin/wardvisit
SOURCES := $(shell find booking cmd migrations signaling web -name '*.go' -o -name '*.sql' -o -name '*.html' 2>/dev/null | grep -v node_modules) go.mod go.sum
FRONT   := $(shell find web/styles web/scripts web/call web/build -type f 2>/dev/null) web/package.json web/tsconfig.json

.PHONY: help build run test race check prove soak bench fuzz clean

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: $(BINARY) ## everything, into one static binary: bin/wardvisit

run: build ## the whole product with a practice hospital; prints what to open
	@exec $(BINARY) demo $(ARGS)

test: build ## every fast test: Go, TypeScript, pages, both databases, real browsers
	$(GO) run ./web/build -test
	$(GO) test -timeout 30m ./...

race: build ## the Go tests of everything concurrent, under the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 30m ./booking/... ./signaling/... ./web/login/...

check: race ## what CI runs beside the tests: race, lint, tidy modules, fuzz seeds for a while
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) tool -modfile=.ci/tools/go.mod golangci-lint run

prove: build ## what is promised, as often as it is: a storm, a hundred kills, five thousand messages, who sees whom, every network; three hours
	WARDVISIT_PROVE=full $(GO) test -count=1 -timeout 2h -v ./booking/proof
	WARDVISIT_PROVE=full $(GO) test -count=1 -timeout 2h -v -run Storm ./booking/notify
	WARDVISIT_PROVE=full $(GO) test -count=1 -timeout 2h -v -run 'WhoSeesWhom|JunkKeepsNobodyOut' ./signaling
	WARDVISIT_PROVE=full $(GO) test -count=1 -timeout 3h -v -run OverEveryNetwork ./web/e2e

SOAK ?= 30m
soak: ## rooms coming and going for SOAK=30m, some over bad networks: what the server holds may not grow
	WARDVISIT_SOAK=$(SOAK) $(GO) test -count=1 -timeout 24h -v -run '^TestSoak$$' ./signaling

bench: build ## figures, as ratios against a reference in the same run
	$(GO) run ./cmd/wardbench $(ARGS)

fuzz: ## every fuzz target for 20 seconds
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep ^Fuzz); do \
	  echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$p || exit 1; done; done

clean: ## removes what was built, and nothing else
	rm -rf bin web/dist/* web/node_modules artefacts

$(BINARY): $(SOURCES) web/dist/manifest.json
	$(GO) build -ldflags '-s -w' -o $@ ./cmd/wardvisit

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

web/dist/manifest.json: web/node_modules/.package-lock.json $(FRONT)
	$(GO) run ./web/build
