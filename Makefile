PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lab bench lock clean

run: .venv/installed ## run the whole workbook headless and print one table
	$(BIN)/labkit validate

test: .venv/installed ## lint, then every test, notebooks included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder # some tests only wait

lab: .venv/installed ## open JupyterLab on your own copy of the workbook
	$(BIN)/labkit start

bench: .venv/installed ## measure latency, throughput, and the cost of a backlog and of the gate
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.gate

lock: .venv/installed ## write the lock anew from pyproject.toml
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q pyproject.toml --extra dev --universal --no-annotate --no-header \
	    --no-emit-index-url --upgrade -o requirements.lock

clean: ## remove the virtual environment and what the tools left
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis output

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "The lab needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) -V 2>&1`." \
	         "Install one and name it: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q labkit
	touch $@
