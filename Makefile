# `make demo` and `make test` need Python >= 3.11 and make; everything else goes into .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check
# node and jlpm come with the environment, as wheels
JLPM    = cd labextension && PATH="$(abspath $(BIN)):$$PATH" jlpm
FRONT   = $(shell find labextension/src labextension/style labextension/schema -type f 2>/dev/null) \
          labextension/package.json labextension/tsconfig.json
# in the files' order: the longest come first, not those of many tests
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help demo lab test lint lint-front types bundle bench pictures clean

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

$(VENV)/.packages: $(BIN)/python pyproject.toml labextension/package.json
	# the front end is built below, once; modules are compiled on all cores. An editable
	# installation by hand leaves a second install.json, which pip would refuse
	rm -f jupyter_registry/labextension/install.json
	SKIP_JUPYTER_BUILDER=1 $(PIP) install --quiet --no-compile --editable '.[dev]'
	# a grammar that is compiled anew at each start of a Jupyter server; nothing here asks for it
	$(PIP) uninstall --quiet --yes rfc3987-syntax
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib jupyter_registry tests || true
	@touch $@ $(VENV)/.demo

labextension/node_modules/.yarn-state.yml: $(VENV)/.packages labextension/yarn.lock
	$(JLPM) install --immutable
	@touch $@

$(VENV)/.dev: $(VENV)/.packages labextension/node_modules/.yarn-state.yml $(FRONT)
	# as it is shipped, with its size checked: the minifier could break what a development build has
	$(JLPM) build:prod
	$(BIN)/jupyter-builder develop --overwrite .
	@touch $@

demo: $(VENV)/.demo ## replay the flights of 2013 through two deployments, into .demo/
	$(BIN)/python -m jupyter_registry.demo --folder .demo

lab: $(VENV)/.demo ## open JupyterLab on the demo's result
	$(BIN)/python -m jupyter_registry.demo --folder .demo --lab

test: $(VENV)/.dev ## set up what the tests need and run them all
	$(JLPM) test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## linters, type checks and the rooms' rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(JLPM) lint

lint-front: $(VENV)/.dev
	$(JLPM) lint

types: $(VENV)/.dev ## make the front end's types again from the server's OpenAPI document
	$(BIN)/python labextension/scripts/make_types.py

bundle: $(VENV)/.dev ## build the front end as it is shipped, and say how large it is
	$(JLPM) build:prod

bench: $(VENV)/.dev ## measure speed, each figure beside its yardstick
	$(BIN)/python -m tests.benchmarks

pictures: $(VENV)/.dev ## make the README's pictures of the notebooks again
	$(BIN)/python -m tests.notebooks.pictures

clean: ## remove the environment and the demo's result
	rm -rf $(VENV) .demo labextension/lib labextension/node_modules jupyter_registry/labextension
