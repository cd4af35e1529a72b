# `make quickstart` and `make test` need Python 3.11 or later and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
# A Python that jax's newest releases support, 3.12 or later.
NEWEST ?= $(shell for p in python3.14 python3.13 python3.12 \
	$(wildcard $(HOME)/.pyenv/versions/3.1[2-9]*/bin/python); do \
	$$p -c '' 2>/dev/null && echo $$p && break; done)
# Newer wheels of torch bring gigabytes of CUDA; see CONTRIBUTING.md.
TORCH ?= torch==2.13.0
WORKERS ?= 2
ARGS ?=

BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile
# Spinning OpenMP threads make torch tens of times slower on shared cores.
CALM := OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: help env env-all quickstart test test-all numeric newest \
	newest-python lint format smoke docs bench bench-env cifar verify results \
	wheel installed clean

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /: /'

env: $(VENV)/.env ## makes the environment: TensorFlow, the library, the tools

env-all: $(VENV)/.env-all ## adds JAX and torch to it

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.env: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test,events,hub]'
	@touch $@

$(VENV)/.env-all: $(VENV)/.env
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet --editable '.[test,events,hub,jax,onnx,torch]'
	@touch $@

quickstart: env ## trains a teacher and distils a student, a few minutes on CPU
	$(BIN)/python examples/quickstart.py

test: env ## the default suite, on TensorFlow
	KERAS_BACKEND=tensorflow $(PYTEST) $(ARGS)

test-all: env-all ## the default suite on TensorFlow, JAX and torch
	KERAS_BACKEND=tensorflow $(PYTEST) $(ARGS)
	KERAS_BACKEND=jax $(PYTEST) $(ARGS)
	$(CALM) KERAS_BACKEND=torch $(PYTEST) $(ARGS)

numeric: env-all ## the numeric tests, on JAX and torch
	KERAS_BACKEND=jax $(PYTEST) -m numeric $(ARGS)
	$(CALM) KERAS_BACKEND=torch $(PYTEST) -m numeric $(ARGS)

newest: build/newest/.env ## the default suite on the newest JAX, Python 3.12 or later
	KERAS_BACKEND=jax build/newest/bin/python -m pytest -n $(WORKERS) \
		--dist loadfile $(ARGS)

newest-python:
	@echo $(NEWEST)

build/newest/.env: setup.cfg pyproject.toml
	@test -n "$(NEWEST)" || { echo "no Python 3.12 or later here"; exit 1; }
	$(NEWEST) -m venv --clear build/newest
	build/newest/bin/python -m pip install --quiet --upgrade \
		--editable '.[test,events,hub,jax]'
	@touch $@

lint: env ## ruff, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: env ## ruff, correcting what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

smoke: env ## every recipe, shrunk; CIFAR ones need KERASSNN_DATA=FOLDER
	KERAS_BACKEND=tensorflow $(PYTEST) tests/recipes_test.py -k test_smoke \
		-m "slow or not slow" $(ARGS)

docs: $(VENV)/.env-docs ## build/docs/: the documentation, its tutorials executed
	KERAS_BACKEND=tensorflow NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs \
		build --quiet --strict --config-file docs/mkdocs.yml

$(VENV)/.env-docs: $(VENV)/.env
	$(BIN)/python -m pip install --quiet --editable '.[test,events,hub,docs]'
	@touch $@

bench: env-all bench-env ## speed and memory; QUICK=1 for a first look
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)

bench-env: build/peers/.env ## the other libraries, in build/peers

# Without their dependencies, most of which no import of ours needs.
build/peers/.env: benchmarks/requirements.txt
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install --quiet $(TORCH)
	build/peers/bin/python -m pip install --quiet --no-deps \
		--requirement benchmarks/requirements.txt
	@touch $@

cifar: env ## an entry on all test images of CIFAR-10; KERASSNN_DATA=FOLDER
	$(BIN)/kerassnn evaluate resnet19w16_sastc_cifar10 --check

verify: env ## the files and stored outputs of every entry
	$(BIN)/kerassnn verify

results: env ## zoo/RESULTS.md and the README's tables, from the cards
	$(BIN)/python -m kerassnn.publishing zoo README.md

wheel: env ## dist/*.tar.gz, and dist/*.whl built from it
	rm -rf build/lib build/bdist.* dist
	$(BIN)/python -m pip install --quiet build
	$(BIN)/python -m build

installed: wheel ## the wheel in a clean environment, an entry evaluated there
	$(PYTHON) -m venv --clear build/installed
	build/installed/bin/python -m pip install --quiet dist/*.whl
	cd build && installed/bin/kerassnn list
	cd build && installed/bin/kerassnn evaluate resnet8_sastc_digits --check
	cd build && installed/bin/kerassnn verify

clean: ## removes what the other targets made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
