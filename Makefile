# Each target says what it does: `make` lists them.
SHELL := /bin/bash
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
STATE ?= me
DATE ?= 2025-01-14
PORT ?= 8080
# It comes with redis-server and takes a sixth off the processor time of many small statements; tests pass without it.
JEMALLOC := $(firstword $(wildcard /usr/lib/*/libjemalloc.so.2))
.DEFAULT_GOAL := help
.PHONY: help ready run up down check check-types check-house check-rules test mutants faults seeds clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

ready: ## set up .venv; quick where nothing changed
	@scripts/bootstrap.sh

run: ready ## one night of the sample through the Airflow DAGs (STATE=me DATE=2025-01-14)
	@$(BIN)/python scripts/run_night.py $(STATE) $(DATE)

up: ready ## start Airflow on this machine (PORT=8080), print address and sign-in
	@$(BIN)/python scripts/local_airflow.py up --port $(PORT)

down: ## end it
	@[ ! -x $(BIN)/python ] || $(BIN)/python scripts/local_airflow.py down

check: ready ## format, lint, types, house rules, rules and layouts: under a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --output-sync --jobs 2 check-types check-house check-rules

check-types:
	$(BIN)/mypy

check-house:
	$(BIN)/pytest -n0 tests/test_house.py

check-rules:
	$(BIN)/arrears check

test: check ## everything
	LD_PRELOAD=$(JEMALLOC) $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore tests/test_house.py

mutants: ready ## breaks the rules one at a time and counts what no example and no check notices
	$(BIN)/python tests/mutants.py

faults: ready ## breaks a small store in thousands of ways and counts what did harm
	$(BIN)/python tests/faults/run.py

seeds: ready ## seeds thirty bugs into the engine and shows that each is caught
	$(BIN)/python tests/faults/seeded.py

clean: down ## remove what make made, except the store
	rm -rf .airflow .cache .pytest_cache .ruff_cache .hypothesis .venv .tools build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
