# hoadon: needs git, make and Python 3.11+ only. `make help` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup lock fmt lint docs schemas model test test-unit test-crash bench-lane bench-convert run up down status clean

PYTHON ?= python3
BIN := .venv/bin
UV := .tools/uv/bin/uv
MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml sandbox/pyproject.toml deploy/local/pyproject.toml))
SOURCES := $(wildcard $(addsuffix /src,$(MEMBERS)))
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadscope

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install everything into .tools and .venv; does nothing when nothing changed
	@PYTHON=$(PYTHON) deploy/local/setup

lock: setup ## Resolve the newest versions that fit and write requirements.lock again
	@$(UV) export --quiet --upgrade --all-packages --all-groups --no-emit-workspace --no-header -o requirements.lock
	@PYTHON=$(PYTHON) deploy/local/setup

fmt: setup ## Format the code and repair what ruff can repair
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format .

lint: setup ## Check style, types, layers, manifests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES) tests docs/generate.py
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(BIN)/local-stack check-topics

docs: setup ## Write the generated parts of docs/reference again
	@$(BIN)/python -m runtime.settings_reference > docs/reference/settings.md
	@$(BIN)/python docs/generate.py
	@$(BIN)/python -m lanes_model --page docs/explanation/lane-model.md

schemas: setup ## Write the JSON Schemas of the events again
	@$(BIN)/python -m contracts.schemas libs/contracts/schemas

model: setup ## Explore the lane's rules state by state, with all of them and without each; DEEP=1 goes further
	@$(BIN)/python -m lanes_model $(if $(DEEP),--deep) $(if $(LANE_WORKERS),--workers $(LANE_WORKERS))

test: setup ## Run every test, with a real Kafka and MongoDB
	@$(BIN)/local-stack fetch
	$(PYTEST)

test-unit: setup ## Run the tests that need neither Kafka nor MongoDB
	$(PYTEST) tests/unit

test-crash: setup ## Kill the invoicer at every step under every fault (ONLY="3.4 garbage" plays some, WRITE=1 writes the docs)
	@$(BIN)/local-stack fetch
	@PYTHONPATH=tests $(BIN)/python -m support.crash $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write)

bench-lane: setup ## Measure how near a lane comes to meInvoice's bound, and how many lanes a process serves
	@PYTHONPATH=tests $(BIN)/python -m bench.lane

bench-convert: setup ## Measure how many orders a second become invoices, beside bare dicts of Decimals
	@PYTHONPATH=tests $(BIN)/python -m bench.convert

run: setup ## Start everything with a demo shop and show its invoices; ONCE=1 ends with a summary
	@$(BIN)/local-stack run $(if $(ONCE),--once)

up: setup ## Start Kafka, MongoDB and the services in the background, for a shop of your own
	@$(BIN)/local-stack up

down: setup ## Stop what `make up` started
	@$(BIN)/local-stack down

status: setup ## Show what runs and where it listens
	@$(BIN)/local-stack status

clean: ## Delete .hoadon (the local data) and every cache; keeps .venv
	@if [ -x $(BIN)/local-stack ]; then $(BIN)/local-stack down --quiet; fi
	rm -rf .hoadon .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
