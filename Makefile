# `make quickstart` and `make test` need Python 3.11 or later and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
# Newer wheels of torch bring gigabytes of CUDA; see CONTRIBUTING.md.
TORCH ?= torch==2.13.0
WORKERS ?= 2
ARGS ?=

BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile
# Spinning OpenMP threads make torch tens of times slower on shared cores.
CALM := OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0
export TF_CPP_MIN_LOG_LEVEL ?= 3

define BENCH_EXTRA
import configparser
config = configparser.ConfigParser()
config.read("setup.cfg")
print(config["options.extras_require"]["bench"].replace(" ", "").strip())
endef
export BENCH_EXTRA

# Another order of summation may move an image across a decision boundary.
define AS_ON_THE_CARD
import json, sys
found = json.loads(open(sys.argv[1]).read().splitlines()[-1])
moved = abs(found["accuracy"] - found["card_accuracy"]) * found["images"]
if moved > max(1.5, 1e-3 * found["images"]):
    sys.exit(f"{moved:.0f} images more or less than on the card")
endef
export AS_ON_THE_CARD

# The smallest spiking entry whose weights are in this checkout.
define SMALLEST
import json, pathlib, sys
cards = [
    (card["parameters"], card["name"])
    for card in json.loads(pathlib.Path(sys.argv[1]).read_text())
    if card["timesteps"]
    and pathlib.Path("zoo", card["name"], "model.weights.h5").is_file()
]
print(min(cards)[1] if cards else "")
endef
export SMALLEST

.PHONY: help env env-all quickstart test test-all numeric lint format smoke \
	bench bench-env cifar results wheel installed clean

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /: /'

env: $(VENV)/.env ## makes the environment: TensorFlow, the library, the tools

env-all: $(VENV)/.env-all ## adds JAX and torch to it

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.env: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

$(VENV)/.env-all: $(VENV)/.env
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet --editable '.[test,jax,torch]'
	@touch $@

quickstart: env ## trains a teacher and distils a student, a few minutes on CPU
	$(BIN)/python recipes/quickstart.py

test: env ## the default suite, on TensorFlow
	KERAS_BACKEND=tensorflow $(PYTEST) $(ARGS)

test-all: env-all ## the default suite on TensorFlow, JAX and torch
	KERAS_BACKEND=tensorflow $(PYTEST) $(ARGS)
	KERAS_BACKEND=jax $(PYTEST) $(ARGS)
	$(CALM) KERAS_BACKEND=torch $(PYTEST) $(ARGS)

numeric: env-all ## the numeric tests, on JAX and torch
	KERAS_BACKEND=jax $(PYTEST) -m numeric $(ARGS)
	$(CALM) KERAS_BACKEND=torch $(PYTEST) -m numeric $(ARGS)

lint: env ## ruff, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: env ## ruff, mending what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

smoke: env ## every recipe, shrunk; CIFAR ones need KERASSNN_DATA=FOLDER
	KERAS_BACKEND=tensorflow $(PYTEST) tests/recipes_test.py -k test_smoke \
		-m "slow or not slow" $(ARGS)

bench: env-all bench-env ## speed and memory; QUICK=1 for a first look
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)

bench-env: build/peers/.env ## the other libraries, in build/peers

# Without their dependencies, most of which no import of ours needs.
build/peers/.env: setup.cfg
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install --quiet $(TORCH)
	$(PYTHON) -c "$$BENCH_EXTRA" | xargs \
		build/peers/bin/python -m pip install --quiet --no-deps
	@touch $@

cifar: env ## a shipped CIFAR-10 entry on all test images; KERASSNN_DATA=FOLDER
	mkdir -p build
	$(BIN)/kerassnn list '*_cifar10' --json > build/cifar.json
	name=$$($(BIN)/python -c "$$SMALLEST" build/cifar.json) && \
	if [ -z "$$name" ]; then echo "no CIFAR entry is shipped yet"; else \
		$(BIN)/kerassnn evaluate $$name --data_dir="$(KERASSNN_DATA)" --json \
			| tee build/evaluated.json && \
		$(BIN)/python -c "$$AS_ON_THE_CARD" build/evaluated.json; \
	fi

results: env ## zoo/RESULTS.md from the cards
	$(BIN)/python -c "from kerassnn import zoo; zoo.results('zoo')"

wheel: env ## dist/*.tar.gz, and dist/*.whl built from it
	rm -rf build/lib build/bdist.* dist
	$(BIN)/python -m pip install --quiet build
	$(BIN)/python -m build

installed: wheel ## the wheel in a clean environment, an entry evaluated there
	$(PYTHON) -m venv --clear build/installed
	build/installed/bin/python -m pip install --quiet dist/*.whl
	cd build && installed/bin/kerassnn list
	cd build && installed/bin/kerassnn evaluate resnet8_sastc_digits --json \
		| tee evaluated.json
	$(BIN)/python -c "$$AS_ON_THE_CARD" build/evaluated.json

clean: ## removes what the other targets made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
