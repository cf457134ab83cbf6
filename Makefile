# Everything that a person does with this repository, by name. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench format lint docs

SWIFT ?= swift
PYTHON ?= python3
PORT ?=
VTK ?=
TEST_OPTIONS ?=

help: ## List these targets
	@echo "Tangor: make TARGET"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check for what the build needs beyond Swift (zlib, LZ4, Zstandard); as root, install it
	@$(PYTHON) Tests/Harness/setup.py

demo: setup ## Build in release mode and start the gallery (PORT=8080 to choose its port, VTK=1 for VTK programs; Ctrl-C stops it)
	$(SWIFT) build -c release --product tangor $$($(PYTHON) Tests/Harness/setup.py --traits)
	@viewer=$$($(PYTHON) Tests/Harness/viewer.py) && vtk=$$($(if $(filter-out 0,$(VTK)),$(PYTHON) Tests/Harness/vtk.py,true)) && \
	  exec .build/release/tangor demo $(if $(PORT),--port $(PORT)) $$viewer $$vtk

test: setup ## Run everything that proves the project (TEST_OPTIONS="--fast --only swift" to choose)
	@$(PYTHON) Tests/run.py $(TEST_OPTIONS)

bench: setup ## Measure against peers and write Benchmarks/results.md
	@$(PYTHON) Benchmarks/bench.py $(if $(filter 0,$(shell id -u)),--install)

format: ## Format the Swift sources in place
	$(SWIFT) format -i -r -p Sources Tests Package.swift

lint: ## Report what `make format` and a reviewer would change
	$(SWIFT) format lint --strict -r -p Sources Tests Package.swift

docs: ## Check the links and anchors of the README, the CHANGELOG and docs/
	@$(PYTHON) Tests/check_links.py
