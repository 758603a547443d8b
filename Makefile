# Everything a contributor or a first-time user types. Needs make and Python 3.11 or newer; nothing else, and no root.
# VENV=... and PYTHON=... say where the environment is and what makes it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/iic-conform
STAMPS := $(VENV)/.stamps
OUT ?= runs

.PHONY: help demo test lint format types prove prove-quick docs bench package clean

help:
	@echo 'make demo     a first run: the embedded reference product against its profile, with reports'
	@echo 'make test     the tests of the harness itself'
	@echo 'make lint     ruff, lint and format'
	@echo 'make types    mypy --strict'
	@echo 'make prove    every case passes on a conforming reference and fails on a faulty one'
	@echo 'make prove-quick  the part of it that a change is held to'
	@echo 'make docs     the documentation site, with its links checked, in site/'
	@echo 'make bench    how fast it is'
	@echo 'make package  wheel and source archive in dist/'
	@echo 'make clean    remove what make made'

# The exit code tells the verdict: 1 (does not conform) and 3 (inconclusive, incomplete) are results too, and no failure of the demo.
demo: $(STAMPS)/run
	@$(RUN) run mqtt-broker --out $(OUT) || { code=$$?; [ $$code -eq 1 ] || [ $$code -eq 3 ] || exit $$code; }

test: $(STAMPS)/dev
	$(BIN)/python -m pytest $(ARGS)

lint: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMPS)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMPS)/dev
	$(BIN)/mypy

prove: $(STAMPS)/run
	$(RUN) prove $(ARGS)

# What a change is held to. The proof of the IPv6 suite is not complete yet: it is shown, without what faults turn red besides, and holds nothing up.
prove-quick: $(STAMPS)/run
	$(RUN) prove mqtt
	$(RUN) prove dhcpv6
	-$(RUN) prove ipv6 --quick

docs: $(STAMPS)/docs $(STAMPS)/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site
	$(BIN)/python -m pytest -q tests/test_docs.py

bench: $(STAMPS)/dev
	$(BIN)/python -m benchmarks $(ARGS)

package: $(STAMPS)/dev
	$(BIN)/python -m build --no-isolation

clean:
	rm -rf .venv build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. Each stamp is made once and again when pyproject.toml changes, so that the second time costs nothing.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'Python 3.11 or newer is needed: install it, or say where it is, as in: make PYTHON=/usr/local/bin/python3.12' >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo 'The environment could not be made; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 2; }

$(STAMPS)/run: pyproject.toml | $(BIN)/python
	@echo 'Installing iic-conform into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml | $(BIN)/python
	@echo 'Installing iic-conform and its development tools into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@mkdir -p $(STAMPS) && touch $(STAMPS)/run $@

$(STAMPS)/docs: pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@mkdir -p $(STAMPS) && touch $@
