# Two commands: `make demo` and `make test`. Everything lives in .venv and var/demo; `make clean` takes both away, and nothing that a warehouse wrote.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
# More would wait for one another: a server, a browser and a test work at once in each.
TESTS_AT_ONCE ?= 3
export UV_SYSTEM_CERTS ?= 1
# Compiled once when installed: without it every start of a process compiles a thousand modules anew, three seconds of it.
export UV_COMPILE_BYTECODE ?= 1
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check-server check-client client clean lock

# make demo [ONCE=1] [ORDERS=file.csv] [PORT=8080]: a day in the warehouse; the server stays unless ONCE=1
demo: client
	$(BIN)/aisle demo $(if $(ONCE),--once) $(if $(ORDERS),--orders $(ORDERS)) $(if $(PORT),--port $(PORT))

test: client
	$(MAKE) --jobs=2 check-server check-client
	$(BIN)/pytest -q -n $(TESTS_AT_ONCE) --dist worksteal

# Each keeps one processor busy, so that the two of them run side by side.
check-server:
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check-client:
	$(BIN)/python handheld/build.py check
	$(BIN)/python handheld/build.py test

# The web client: built anew when its sources changed. Node comes from PyPI where the machine has none.
client: $(VENV)/.installed
	@$(BIN)/python handheld/build.py has-node || $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-node.lock
	$(BIN)/python handheld/build.py build

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

$(VENV)/.installed: $(UV) requirements.lock pyproject.toml
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(UV) pip install --quiet --python $(BIN)/python uv==0.13.9
	touch $@

# Writes the lock anew: hashes, and no registry's address.
lock: $(UV)
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--all-extras --group dev pyproject.toml --output-file requirements.lock
	$(BIN)/python -c 'import runpy; print(runpy.run_path("handheld/build.py")["NODE_WHEEL"])' | $(UV) pip compile --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header - --output-file requirements-node.lock

clean:
	rm -rf $(VENV) var/demo server/static/client handheld/node_modules
