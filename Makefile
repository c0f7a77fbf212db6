# The commands of this repository. Each is a script under scripts/ that can be read and run by itself.

.DEFAULT_GOAL := help
.PHONY: help demo quickstart test bench soak audit format

help: ## Lists the commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Sets up what is missing, then serves the agent chat with its agents (another port: PORT=5000 make demo).
	@scripts/demo.sh

quickstart: ## The same for the quickstart, the smallest example.
	@scripts/demo.sh quickstart

test: ## Runs everything: formats, lints, contracts, unit, type, package and browser tests.
	@scripts/test.sh

bench: ## Measures the server against a bare Socket.IO server and a bare SQLite writer, and prints the ratios.
	@scripts/bench.sh

soak: ## Runs the long tests: hours of faults, load and reconnects.
	@scripts/soak.sh

audit: ## Looks for known holes in what is locked, and for licences that do not fit.
	@scripts/audit.sh

format: ## Formats Rust, TypeScript and JSON.
	@scripts/format.sh
