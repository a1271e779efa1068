# Everything there is to run in this checkout; `make help` lists it.
#
# The targets make the virtual environment they need: `demo` only what the package needs to run,
# the others also the tools. pip reads your own configuration (mirrors, proxies, certificates) and
# shows errors only.

PYTHON ?= python3
ARGS ?=
# Test files at a time; `make test JOBS=0` for one process.
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# A stamp is written last, so that its existence means the installation was completed.
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
# The official tool of 2022, which prepare is compared with, has an environment of its own.
OLD_VENV := $(or $(XIANGSHENG_OLD_TOOL),.venv-openai-0.28)
OLD := $(OLD_VENV)/.installed
# Other official clients, which are driven against our server, likewise.
CLIENTS := $(patsubst tests/clients/%.txt,.venv-%/.installed,$(wildcard tests/clients/*.txt))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: demo test check bench docs soak golden clean help

demo: $(RUN) ## the whole study on what is bundled, and its report; ARGS='--help' shows the options
	@$(BIN)/xiangsheng demo $(ARGS)

test: $(DEV) $(OLD) $(CLIENTS) ## the tests; ARGS='-k words' picks some
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check: $(DEV) ## lint, formatting, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy src tests
	@$(BIN)/lint-imports --no-logo

bench: $(DEV) $(OLD) ## every benchmark, one after the other
	@set -e; for script in benchmarks/bench_*.py; do \
		test -f "$$script" || { echo "There is no benchmarks/bench_*.py." >&2; exit 2; }; \
		echo "== $$script"; $(BIN)/python "$$script" $(ARGS); \
	done

docs: $(DEV) ## the documentation, as pages in site/; a broken link fails
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir site

soak: $(DEV) ## the long tests, which `make test` leaves out
	@$(BIN)/python -m pytest -m soak $(ARGS)

golden: $(DEV) ## rewrite the expected files of the golden tests; then read `git diff`
	@tests=$$(grep -rl --include='test_*.py' --exclude-dir=meta -i golden tests) || { \
		echo "There is no golden test." >&2; exit 2; }; \
	XIANGSHENG_GOLDEN=1 $(BIN)/python -m pytest $$tests $(ARGS)
	@git --no-pager diff --stat -- tests docs

clean: ## remove caches, build products and the installation stamps; keeps .venv* and .xiangsheng
	@rm -rf build dist site .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@rm -f $(RUN) $(DEV) $(OLD) $(CLIENTS)
	@find . -path './$(VENV)*' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(RUN): pyproject.toml constraints.txt
	@rm -f $(RUN) $(DEV)
	@$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>/dev/null || echo not there); \
		echo "xiangsheng needs Python 3.11 or newer; '$(PYTHON)' is $$found." >&2; \
		echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments; install the package python3-venv." >&2; \
		exit 2; }
	@$(BIN)/python -c 'import pip; $(NEW_ENOUGH)' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing xiangsheng into $(VENV) …" >&2
	@$(PIP) --editable '.[local]'
	@touch $@

$(DEV): $(RUN)
	@echo "Installing the tools into $(VENV) …" >&2
	@$(PIP) --editable '.[local,dev]'
	@touch $@

# It has wheels up to Python 3.12 only. Where it cannot be installed, its tests say so themselves.
$(OLD): tests/parity/requirements.txt | $(RUN)
	@rm -f $@
	@echo "Installing the official tool of 2022 into $(OLD_VENV) …" >&2
	@if { $(OLD_VENV)/bin/python -c 'import pip' 2>/dev/null || $(BIN)/python -m venv $(OLD_VENV); } && \
		$(OLD_VENV)/bin/python -m pip install -qq --disable-pip-version-check --retries 1 \
			--only-binary :all: --no-deps --requirement $<; \
	then touch $@; \
	else echo "It could not be installed; what is compared with it will be skipped." >&2; fi

# Where one cannot be installed, its tests say so themselves.
.venv-openai-%/.installed: tests/clients/openai-%.txt | $(RUN)
	@rm -f $@
	@echo "Installing the client openai-$* …" >&2
	@if { $(@D)/bin/python -c 'import pip' 2>/dev/null || $(BIN)/python -m venv $(@D); } && \
		$(@D)/bin/python -m pip install -qq --disable-pip-version-check --retries 1 \
			--only-binary :all: --no-deps --requirement $<; \
	then touch $@; \
	else echo "It could not be installed; what it is to drive will be skipped." >&2; fi
