# `make demo` and `make test` do all the set-up they need.
PY ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE ?= copy
JOBS ?= 2
# A file's tests share what they have trained, so they stay in one process; each process computes with one thread.
PYTEST := OMP_NUM_THREADS=1 python -m pytest --numprocesses $(JOBS) --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check ui bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ok ## Make .venv and install everything requirements.lock pins

$(VENV)/.ok: requirements.lock pyproject.toml
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet 'uv>=0.9,<1'
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Sample data -> trained, tested, exported, registered models -> outputs/demo/result.jpg
	dvc repro
	paddock predict "$$(ls data/prepared/sample/det/test_imgs/* | head -n 1)" --save outputs/demo

test: setup ## Every test (`make test-fast` for the quick ones)
	$(PYTEST)

test-fast: setup ## Tests that need less than a minute together
	$(PYTEST) -m "not slow"

check: setup ## Lint, formatting, types, layers
	ruff check
	ruff format --check
	mypy
	lint-imports

ui: setup ## MLflow's pages on this project's runs and models
	paddock ui

bench: setup ## Everything that docs/benchmarks.md quotes and that needs no data of yours
	python benchmarks/tracking.py
	python benchmarks/det_targets.py
	python benchmarks/prepare.py --images 1000
	python benchmarks/train.py rec_crnn_mv3
	python benchmarks/train.py rec_crnn_r34
	python benchmarks/train.py det_db_mv3
	python benchmarks/train.py table_slanet

lock: setup ## Pin the newest allowed dependencies, with hashes and without addresses
	uv pip compile --quiet --upgrade --universal --python-version 3.10 --extra cpu --extra dev --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml --output-file requirements.lock

clean: ## Remove the environment and what was built; data/, mlruns/ and DVC's cache stay
	rm -rf $(VENV) outputs scratch multirun
