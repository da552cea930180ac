# `make` lists the targets. What they do lies in scripts/.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup serve train test test-unit test-long lint format types lock docs bench clean

HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## make .venv from requirements.lock; does nothing when it is there
	@sh scripts/setup.sh

serve: train ## set up, train if needed, serve the demo on http://127.0.0.1:8000/ (HOST=, PORT=)
	@exec .venv/bin/knee-intake serve --host "$(HOST)" --port "$(PORT)"

train: setup ## train the model if it is missing or its inputs changed
	@.venv/bin/knee-intake train

test: ## set up, then format, lint, types and every test (ARGS= goes to pytest)
	@sh scripts/test.sh $(ARGS)

test-unit: setup ## the tests that need no model and no browser: seconds
	@.venv/bin/pytest tests/unit $(ARGS)

test-long: setup ## the long checks at full size; writes benchmarks/results/
	@CHROMIUM=$$(sh scripts/chromium.sh) .venv/bin/pytest -m long $(ARGS)

lint: setup ## look for mistakes (ruff)
	@.venv/bin/ruff check .

format: setup ## format the code and mend what can be mended (ruff)
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

types: setup ## check the types (mypy)
	@.venv/bin/mypy

docs: setup ## renew docs/settings.md from the table of settings
	@.venv/bin/python -m knee_intake.settings_page > docs/settings.md

lock: setup ## renew requirements.lock (UPGRADE=--upgrade takes newer versions)
	@UPGRADE="$(UPGRADE)" sh scripts/lock.sh

bench: setup ## measure start, memory and speed against their budgets
	@.venv/bin/python -m benchmarks.budgets $(ARGS)

clean: ## remove .venv, caches and trained models; keeps var/ (the database)
	rm -rf .venv .cache .rasa models .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results *.egg-info build
