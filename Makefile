# `make demo` and `make test` need Python >= 3.11 and make; everything else goes into .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check
PYTEST_ARGS ?= -n 2 --dist loadfile

.PHONY: help demo lab test lint bench pictures clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; point PYTHON at one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade pip

$(VENV)/.demo: $(BIN)/python pyproject.toml
	$(PIP) install --quiet --editable '.[demo]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## replay the flights of 2013 through two deployments, into .demo/
	$(BIN)/python -m jupyter_registry.demo --folder .demo

lab: $(VENV)/.demo ## open JupyterLab on the demo's result
	$(BIN)/python -m jupyter_registry.demo --folder .demo --lab

test: $(VENV)/.dev ## set up what the tests need and run them all
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## linters, type checks and the rooms' rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## measure speed, each figure beside its yardstick
	$(BIN)/python -m tests.benchmarks

pictures: $(VENV)/.dev ## make the README's pictures of the notebooks again
	$(BIN)/python -m tests.notebooks.pictures

clean: ## remove the environment and the demo's result
	rm -rf $(VENV) .demo
