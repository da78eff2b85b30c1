# Procon Digital: everything that people and CI do, by name. `make` alone explains.

VENV := .venv
BIN := $(VENV)/bin
# Empty means the newest Python of the machine that is 3.11 or later
PYTHON ?=

# Files that say "done since its inputs last changed", so that a second run is fast
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
ASSETS_READY := static/vendor/.ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_READY) $(ASSETS_READY) ## install, migrate, load the demonstration and serve (HOST, PORT, PROCON_DATA_DIR)
	@export PROCON_DEMO=1; $(BIN)/procon migrate && $(BIN)/procon demo && exec $(BIN)/procon serve

test: $(DEV_READY) $(ASSETS_READY) ## every test, with a real browser, PostgreSQL and Redis
	@scripts/system-packages
	@scripts/tests $(BIN)/pytest

test-fast: $(DEV_READY) $(ASSETS_READY) ## the tests that need neither a browser nor servers
	@$(BIN)/pytest -m "not browser and not servers"

bench: bench-web ## the measurements

bench-web: $(DEV_READY) $(ASSETS_READY) ## pages per second beside a peer, on SQLite and PostgreSQL
	@$(BIN)/pip install --quiet --require-hashes -r requirements/bench.txt
	@$(BIN)/python -m bench.web

bench-network: $(DEV_READY) ## people on bad lines, at our media engine and at Janus (OPTIONS="--cases loss-20 --seconds 10")
	@scripts/system-packages
	@$(BIN)/python -m bench.network $(OPTIONS)

bench-hearings: $(DEV_READY) ## our media engine beside Janus and MediaRelay, as root (OPTIONS="--rounds 3 --scenarios 6x3")
	@scripts/system-packages
	@$(BIN)/python -m bench.hearings $(OPTIONS)

MINUTES ?= 30
bench-soak: $(DEV_READY) ## people come and go at the media engine for MINUTES; does anything grow?
	@$(BIN)/python -m bench.soak --minutes $(MINUTES) $(OPTIONS)

lint: $(DEV_READY) ## ruff, rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fmt: $(DEV_READY) ## let ruff format and mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(DEV_READY) ## mypy, strict
	@$(BIN)/mypy

contracts: $(DEV_READY) ## who may import whom
	@$(BIN)/lint-imports

migrations: $(DEV_READY) ## write the migration for changed models (NAME=add_case_origin), to be reviewed
	@$(BIN)/procon makemigrations $(or $(NAME),$(error say what it does: make migrations NAME=add_case_origin))

messages: $(DEV_READY) ## collect the interface's texts, update and compile the translations
	@mkdir -p app/translations
	@$(BIN)/pybabel --quiet extract -F babel.cfg -k N_ -o app/translations/messages.pot --sort-by-file .
	@if ls app/translations/*/LC_MESSAGES/*.po >/dev/null 2>&1; then \
	  $(BIN)/pybabel --quiet update -i app/translations/messages.pot -d app/translations && \
	  $(BIN)/pybabel --quiet compile -d app/translations; fi

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
lock: $(DEV_READY) ## lock the dependencies of Python and of the browser
	@$(BIN)/$(COMPILE) pyproject.toml --group run -o requirements/run.txt
	@$(BIN)/$(COMPILE) pyproject.toml --group run --group dev -c requirements/run.txt -o requirements/dev.txt
	@$(BIN)/$(COMPILE) pyproject.toml --group run --group captions -c requirements/run.txt -o requirements/captions.txt
	@$(BIN)/$(COMPILE) pyproject.toml --group run --group bench -c requirements/dev.txt -o requirements/bench.txt
	@$(BIN)/python scripts/assets.py lock

screenshots: $(DEV_READY) $(ASSETS_READY) ## the pictures of the README, from the demonstration
	@$(BIN)/python -m scripts.screenshots

assets: $(ASSETS_READY) ## fetch the browser's libraries into static/vendor

clean: ## remove everything that was made, but the data
	@rm -rf $(VENV) node_modules static/vendor *.egg-info build dist tests/output
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@PYTHON="$(PYTHON)" scripts/make-venv $(VENV)

$(RUN_READY): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Instalando as dependências (requirements/run.txt)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements/dev.txt $(RUN_READY)
	@echo "Instalando as dependências de desenvolvimento (requirements/dev.txt)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(ASSETS_READY): package.json package-lock.json scripts/assets.py | $(RUN_READY)
	@echo "Buscando as bibliotecas do navegador (package-lock.json)…"
	@$(BIN)/python scripts/assets.py fetch
	@touch $@

.PHONY: help run test test-fast bench bench-web bench-network bench-hearings bench-soak lint fmt types contracts migrations messages lock screenshots assets clean
