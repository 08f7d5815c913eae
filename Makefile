# make demo       the first map: collection, library, notebook, report, picture
# make check      style, types of the package and quick unit tests, in under two minutes
# make test       everything, the browser and the demo collection too, with the slowest tests by name
# make wheel      the built wheel, in clean environments of every supported Python on this machine
# make bench      measurements of quality and speed
# make changelog  folds changes/*.md into CHANGELOG.md
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Without byte code of what is never imported, the environment is a fifth smaller.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-compile

.PHONY: demo check test wheel bench changelog lint style package-types quick-tests format front chromium clean

demo: .venv/installed front
	$(BIN)/nova-explore demo

check: .venv/installed-dev front
	$(MAKE) --no-print-directory --jobs 3 --output-sync style package-types quick-tests

test: .venv/installed-dev front chromium
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --durations=25 -m "not browser and not demo"
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations=25 -m "browser or demo" \
		|| { test $$? = 1 && echo "What failed is asked once more, alone; what fails again has failed." \
		&& $(BIN)/python -m pytest --last-failed --last-failed-no-failures none -m "browser or demo"; }

wheel: .venv/bin/python
	@.ci/wheel

bench: .venv/installed-dev front
	$(PIP) --editable '.[dev,bench]'
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done
	$(BIN)/python benchmarks/map.py --fold

changelog: .venv/bin/python
	$(BIN)/python .ci/changelog

style: .venv/installed-dev
	$(BIN)/python frontend/build.py check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

package-types:
	$(BIN)/pyright --pythonpath $(BIN)/python nova_explore

quick-tests:
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile -m "not browser and not demo and not slow"

lint: style
	$(BIN)/pyright --pythonpath $(BIN)/python

format: .venv/installed-dev
	$(BIN)/python frontend/build.py format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What is older than its sources is built again; the installation has built it once already.
front: | .venv/bin/python
	@$(BIN)/python frontend/build.py

chromium:
	@.ci/chromium

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python found. nova_explore needs Python 3.11 or newer: install it, or say PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old. nova_explore needs Python 3.11 or newer: say PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ .venv/installed

clean:
	rm -rf .venv demo build dist nova_explore/widgets/static frontend/node_modules .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
