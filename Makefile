PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# uv installs in seconds what takes pip minutes. pip brings torch and uv itself
PIP := $(BIN)/pip --disable-pip-version-check install -q --no-compile
UV := $(BIN)/uv pip install -q --python $(VENV)
# Packages are compiled when they are first imported: a process that may not write them down
# would compile them each time, for 15 seconds
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test tests lint fuzz bench bench-peers clean

demo: $(VENV)/.installed
	$(BIN)/weaklink demo

test: $(VENV)/.installed-dev
	$(MAKE) --jobs=2 lint tests

tests: $(VENV)/.installed-dev
	$(BIN)/python -m slipcover -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.installed-dev
	WEAKLINK_FUZZ_ROUNDS=50 $(BIN)/pytest --timeout 3600 tests/hostile

bench: demo
	$(BIN)/python benchmarks/throughput.py weaklink-demo/minilm-rotten-tomatoes

bench-peers: demo
	$(BIN)/python benchmarks/peers/bench.py weaklink-demo/minilm-rotten-tomatoes
	$(BIN)/python benchmarks/peers/bench.py weaklink-demo/minilm-rotten-tomatoes --data imdb --words 20

# torch comes first and by itself: see constraints.txt
$(VENV)/.torch: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r constraints.txt uv
	touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml assets.txt
	$(UV) -c constraints.txt -e .[fast]
	$(UV) --no-deps -r assets.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(UV) -c constraints.txt -e .[dev]
	touch $@

clean:
	rm -rf $(VENV) build dist
