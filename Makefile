# Open Clickstream. `make demo` shows everything at work, `make test` proves it; `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export INPUT CLUSTER IMAGE_PREFIX BUILDER BASES ONLY

.PHONY: help demo test check bench dev images generate golden format cluster down clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  INPUT=path            replay this combined-format access log in the demo"
	@echo "  ONLY=name             \`make test\` of the files, classes and tests that are named so"
	@echo "  CLUSTER=existing      use the cluster of KUBECONFIG, with images named by IMAGE_PREFIX"

demo: prerequisites ## Build what is missing, start a local cluster, run a pipeline end to end, leave it running
	@node local/deploy/demo.ts

test: prerequisites ## Unit, integration and end-to-end tests
	@node test/run.ts

check: prerequisites ## Format, lint, types, unit tests, generated files up to date
	@node test/run.ts check

bench: prerequisites ## Print the figures of speed and size
	@node bench/run.ts

dev: prerequisites ## Run the operator on this machine against the local cluster, restarting on change
	@node local/deploy/dev.ts

images: prerequisites ## Build all container images
	@node local/images/main.ts build

generate: prerequisites ## Write the generated files: CRDs, RBAC, event model, field tables
	@node scripts/generate.ts

golden: prerequisites ## Rewrite the golden files with what the code gives now; look at the difference before you commit it
	@vitest run --project unit --update

format: prerequisites ## Format the TypeScript, Go and Java sources
	@npm run --silent format
	@cd go && gofmt -w .

cluster: prerequisites ## Start the local cluster alone
	@node local/cluster/main.ts start

down: prerequisites ## Stop the local cluster; its data stays
	@node local/cluster/main.ts stop

clean: down ## Stop the local cluster and remove its data and everything built in this checkout
	@node local/cluster/main.ts clean
	@rm -rf dist .local java/*/target

.PHONY: prerequisites
prerequisites: node_modules/.package-lock.json
	@sh local/support/prerequisites.sh

node_modules/.package-lock.json: package.json package-lock.json
	@sh local/support/prerequisites.sh
	@echo "Installing the JavaScript packages"
	@for attempt in 1 2 3; do npm ci --loglevel error && exit 0; echo "npm ci failed (attempt $$attempt of 3)"; sleep $$((attempt * 5)); done; exit 1
	@touch $@
