# `make` lists what there is. Everything lives in .venv; a second call of a target only does what changed.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
ARGS ?=
# Java's second compiler pays off from about a million events on; for such runs: make run SPARK_OPTIONS=
SPARK_OPTIONS ?= --driver-java-options -XX:TieredStopAtLevel=1

# A stamp is newer than what it was made from as long as nothing is to be done.
STAMP_VENV := $(VENV)/.stamp-venv
STAMP_JOBS := $(VENV)/.stamp-jobs
STAMP_SPARK := $(VENV)/.stamp-spark
STAMP_DEV := $(VENV)/.stamp-dev

.PHONY: help setup run catalogue test trust lint format docs docs-check sample bench wheel clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP_SPARK) $(STAMP_DEV) ## make .venv with all packages, Delta's jars and a Java; `make distclean setup PYTHON=python3.12` picks another Python

run: $(STAMP_SPARK) ## bring all tables below ./lake up to date from sample_data; more options: make run ARGS="--dry-run"
	@$(BIN)/spark-submit $(SPARK_OPTIONS) jobs/pipeline.py $(ARGS)

test: $(STAMP_SPARK) $(STAMP_DEV) ## run the tests, two files at a time; some of them in turn: make test ARGS="tests/engine -x"
	@$(BIN)/python -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile --no-loadscope-reorder)

trust: $(STAMP_SPARK) $(STAMP_DEV) ## the long tests: 30 random histories, a death at each commit, 20 kills at random moments (some hours)
	@HISTORIES=30 $(BIN)/python -m pytest tests/properties tests/trust
	@$(BIN)/python -m tests.trust.kill_runs --kills 20

lint: $(STAMP_DEV) ## check style and layout of the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(STAMP_DEV) ## lay out the code the way `make lint` wants it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(STAMP_JOBS) ## write the pages about tables and metrics from their declarations
	@$(BIN)/python -m engagement_lib docs

catalogue: $(STAMP_SPARK) ## write the data catalogue beside the dashboards, with the rows of each table counted
	@$(BIN)/spark-submit $(SPARK_OPTIONS) jobs/docs.py $(ARGS)

docs-check: $(STAMP_JOBS) ## fail if a page about tables or metrics is out of date
	@$(BIN)/python -m engagement_lib docs --check

sample: $(STAMP_JOBS) ## generate sample_data anew; the same files come out each time
	@$(BIN)/python jobs/generate.py --out sample_data --users 2700 $(ARGS)

bench: $(STAMP_SPARK) $(STAMP_DEV) ## measure the jobs on generated data
	@$(BIN)/python -m benchmarks $(ARGS)

wheel: $(STAMP_VENV) ## build the wheel into dist/, and the same as a zip for a cluster's --py-files
	@rm -f dist/*.whl
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@cp dist/engagement_lakehouse-*.whl dist/engagement_lakehouse.zip
	@ls dist/*

clean: ## delete tables, pages, builds and caches, keep .venv
	rm -rf lake dashboards spark-warehouse metastore_db derby.log build dist *.egg-info .hypothesis .pytest_cache .ruff_cache
	find engagement_lib jobs tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## also delete .venv
	rm -rf $(VENV)

$(STAMP_VENV):
	@case "$(CURDIR)" in *" "*) echo "error: Spark's scripts fail in a folder with blanks in its path; next: move $(CURDIR)" >&2; exit 5;; esac
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is not installed; next: install Python 3.11 or newer" >&2; exit 5; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V); next: make setup PYTHON=<path of a newer one>" >&2; exit 5; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(STAMP_JOBS): $(STAMP_VENV) requirements.txt setup.py
	@echo "Installing Spark and the jobs' packages (once, about 500 MB) ..."
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(STAMP_DEV): $(STAMP_JOBS) requirements-dev.txt
	@echo "Installing the packages of tests and checks ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(STAMP_SPARK): $(STAMP_JOBS) $(wildcard engagement_lib/runtime/*.py) conf/spark-defaults.conf conf/log4j2.properties
	@echo "Preparing Spark (once, about a minute) ..."
	@$(BIN)/python -m engagement_lib.runtime
	@touch $@
