# Two commands to begin with: `make demo` and `make test`. Each makes the environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python tools/npm.py

.DEFAULT_GOAL := help
.PHONY: help demo test check browser panel notebooks docs lint types generated bench format clean

help: ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/base: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "DIP needs Python 3.11 or newer; try make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/dev: $(VENV)/base
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

demo: $(VENV)/base ## Ask six questions of real data and write dip-report.html
	$(BIN)/dip demo

$(VENV)/npm: jupyter_ext/package-lock.json | $(VENV)/dev
	$(NPM) ci --silent
	touch $@

panel: $(VENV)/npm ## Build the panel: below a cell, in JupyterLab's sidebar, as a page
	$(NPM) run --silent build

test: $(VENV)/dev lint types generated panel ## Everything that must pass
	$(NPM) test --silent
	$(BIN)/pytest -m "not slow" --numprocesses 2
	$(BIN)/pytest -m slow --numprocesses 2 --dist loadgroup
	$(BIN)/pytest --nbval --nbval-current-env --nbval-sanitize-with notebooks/sanitize.cfg notebooks

check: $(VENV)/dev lint types generated ## The quick part of it: lint, types, house, unit
	$(BIN)/pytest -m "not slow" --numprocesses 2 tests/house tests/unit

browser: panel ## The part in a real JupyterLab and on the page; needs Chromium
	$(BIN)/pytest tests/e2e/lab tests/e2e/page

notebooks: $(VENV)/dev ## Run the example notebooks anew and keep their outputs
	$(BIN)/python tools/notebooks.py

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

generated: $(VENV)/dev
	$(BIN)/python tools/unasync.py --check
	$(BIN)/python tools/typescript.py --check
	$(BIN)/python tools/panel_numbers.py --check
	$(BIN)/python tools/reference.py --check

docs: $(VENV)/dev generated ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/dev ## Every figure, as a ratio measured in one run
	$(BIN)/python -m benchmarks

format: $(VENV)/dev ## Write generated files anew and format everything
	$(BIN)/python tools/unasync.py
	$(BIN)/python tools/typescript.py
	$(BIN)/python tools/panel_numbers.py
	$(BIN)/python tools/reference.py
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

clean: ## Remove what was made here
	rm -rf site .cache $(VENV) .mypy_cache .pytest_cache .ruff_cache dist dip-report.html jupyter_ext/node_modules
	rm -rf src/dip_sdk/jupyter/static src/dip_sdk/jupyter/labextension src/dip_sdk/server/static
