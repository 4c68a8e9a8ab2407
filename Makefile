# Two commands: `make demo` and `make test`. Everything lives in .venv and var; `make clean` takes both away.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export UV_SYSTEM_CERTS ?= 1

.PHONY: demo test clean lock

demo: $(VENV)/.installed
	rm -f var/demo.db var/demo.db-wal var/demo.db-shm
	$(BIN)/aisle --db sqlite:///var/demo.db init --bins 'W1-{A..D}-{01..20}-{1..4}'
	printf '%s\n' '(01)09506000134352(17)270101(10)ABC123' ']C100095060001343520004' | $(BIN)/aisle parse --gs1
	printf '%s' '{"aisles":[0,3,6],"cross_aisles":[0,30],"depot":[0,0],"picks":[[0,4],[2,25],[1,12]]}' | $(BIN)/aisle walk -
	$(BIN)/aisle --db sqlite:///var/demo.db verify

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

$(VENV)/.installed: $(UV) requirements.lock pyproject.toml
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(UV) pip install --quiet --python $(BIN)/python uv==0.13.9
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	touch $@

# Writes the lock anew: hashes, and no registry's address.
lock: $(UV)
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--all-extras --group dev pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) var server/static/client handheld/node_modules
