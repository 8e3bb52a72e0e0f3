# The only commands people need. `make help` lists them.
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow check format bench gold robust train docs lock

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup:
	@sh scripts/setup.sh

demo: setup  ## a guided tour that really does things, on a local LiveKit server
	@$(PYTHON) -m greenroom.interfaces.cli.demo

test: setup  ## everything a change must pass
	@$(PYTHON) -m pytest

test-slow: setup  ## long tests: faults, many processes
	@$(PYTHON) -m pytest -m slow; code=$$?; [ $$code -eq 5 ] || exit $$code

check: setup  ## format, lint, types, layers, generated docs
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet . && .venv/bin/mypy && .venv/bin/lint-imports --no-logo
	@$(PYTHON) -m greenroom.interfaces.cli.reference --check

format: setup  ## put code into its form
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --fix --quiet . || true

bench: setup  ## every mark, as a ratio to a peer in the same run
	@$(PYTHON) -m benchmarks.run

gold: setup  ## gold requests: the seen half, with each miss
	@$(PYTHON) -m tests.gold.run --show

robust: setup  ## gold requests with case, punctuation, politeness and a typing slip changed, and without single phrases (half an hour)
	@$(PYTHON) -m tests.gold.robust --show
	@$(PYTHON) -m tests.gold.deletion --show

train: setup  ## learn anew from training sentences what requests want (minutes)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check scikit-learn==1.9.0
	@$(PYTHON) -m training.train

docs: setup  ## make the generated reference again
	@$(PYTHON) -m greenroom.interfaces.cli.reference

lock: setup  ## pin the newest versions that fit, with hashes
	@python3 -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	@.venv-lock/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --group dev \
		--no-header --no-emit-index-url --no-emit-find-links --no-annotate pyproject.toml -o requirements.lock
	@rm -rf .venv-lock
