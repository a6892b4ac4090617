# `make` alone lists the commands.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3.11
BIN := .venv/bin
WORKERS ?= 2

.PHONY: help demo test faults bench lint docs pictures lock clean

help: ## lists these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: .venv/.runs ## the whole network of one country in one process (ARGS="--nodes sv,gt,mx --data-dir DIR")
	@exec $(BIN)/ventanilla demo $(ARGS)

test: .venv/.tests ## every test, with a private RabbitMQ and PostgreSQL (ARGS="tests/unit -k consent")
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

faults: .venv/.tests ## every crash point, a window offline, then random faults (SEED=7 SEEDS=30 MINUTES=3 ARGS="--only random")
	@$(BIN)/python -W ignore -m tests.faults $(if $(SEED),--seed $(SEED)) --seeds $(or $(SEEDS),1) --minutes $(or $(MINUTES),3) $(ARGS)

bench: .venv/.tests .venv-bench/.done ## measures, beside other pipelines; writes docs/performance.md (ARGS="--parts footprint")
	@BENCH_PYTHON=.venv-bench/bin/python $(BIN)/python -W ignore -m tests.bench $(ARGS)

lint: .venv/.tests ## ruff, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/.tests ## writes the documents that are generated from the contracts
	$(BIN)/python -m shared.contracts.asyncapi docs/contracts

pictures: .venv/.tests ## photographs the pages of a window for docs/images
	@$(BIN)/python -W ignore -m tests.browser.pictures docs/images

lock: .venv/.uv ## resolves the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile --quiet --system-certs --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --system-certs --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" pyproject.toml --group build --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --system-certs --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" pyproject.toml tests/bench/requirements.in -o requirements-bench.lock

clean: ## removes what was installed and built; the data of a demo stays
	rm -rf .venv .venv-bench build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# A file under .venv says what was installed: the second start goes straight to work.
.venv/.uv: requirements-uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --version > .venv/uv.log 2>&1 || $(BIN)/python -m ensurepip > .venv/uv.log 2>&1
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
	  || echo "uv could not be installed: going on with pip, which is slower."
	@touch $@

# $(call install,WHAT): from a lock and with its hashes, by uv, or by pip where uv cannot.
define install
$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python $(1) 2> .venv/uv.log \
  || $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1)
endef

.venv/.runs: .venv/.uv requirements.lock pyproject.toml
	@echo "Installing what ventanilla needs into .venv (once) ..."
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-build-isolation --no-deps --editable .)
	@touch $@

.venv/.tests: .venv/.runs requirements-dev.lock
	@echo "Installing what the tests need into .venv (once) ..."
	@$(call install,--require-hashes -r requirements-dev.lock)
	@touch $@

# What ours is compared with lives apart, so that it changes nothing of ours.
.venv-bench/.done: .venv/.uv requirements-bench.lock
	@echo "Installing what the benchmark compares with into .venv-bench (once) ..."
	@$(PYTHON) -m venv .venv-bench
	@$(BIN)/uv pip install --quiet --system-certs --python .venv-bench/bin/python --require-hashes -r requirements-bench.lock
	@touch $@
