# The contributor's API. Every target sets up .venv by itself.
PYTHON ?= python3
PORT ?= 8090
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: play test check bench soak manifest lock

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("meetops needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  VIRTUAL_ENV=$(VENV) uv pip sync --quiet --require-hashes requirements-dev.lock && \
	  VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-deps --editable . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps --editable . ; \
	fi
	@touch $(STAMP)

play: $(STAMP)  ## the playground on http://127.0.0.1:8090/ (PLAY_PORT sets another port)
	@PLAY_PORT=$${PLAY_PORT:-$(PORT)} $(BIN)/meetops play

test: $(STAMP)  ## all tests
	@$(BIN)/pytest -q -n auto --dist worksteal -m "not soak"

check: $(STAMP)  ## formatter, linter, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP)  ## one table beside a stock Bolt application
	@$(BIN)/python -m benchmarks

soak: $(STAMP)  ## long kill and fault campaigns
	@$(BIN)/pytest -q -m soak -p no:xdist --timeout 3600
	@MEETOPS_TEST_DATABASE=postgres $(BIN)/pytest -q -n auto --dist worksteal -m "not soak" tests/e2e

manifest: $(STAMP)  ## write manifest.yml and the README tables from the command registry
	@$(BIN)/python scripts/generate.py

lock:  ## resolve the lock files anew (needs uv)
	uv pip compile pyproject.toml --generate-hashes --universal --no-emit-index-url --python-version 3.11 --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra postgres --group dev --generate-hashes --universal --no-emit-index-url --python-version 3.11 --quiet -o requirements-dev.lock
