PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# uv installs in seconds what takes pip minutes. pip brings torch and uv itself
PIP := $(BIN)/pip --disable-pip-version-check install -q --no-compile
UV := $(BIN)/uv pip install -q --python $(VENV)
# Packages are compiled when they are first imported: a process that may not write them down
# would compile them each time, for 15 seconds
unexport PYTHONDONTWRITEBYTECODE

# Never in the lock: what torch brings for hardware that the machine may not have; a browser
# driver, in whose place benchmarks/pages/chromium.py drives the browser; and a grammar that jsonschema,
# and so altair, would take seconds to read whenever it is imported
UNLOCKED := playwright greenlet pyee rfc3987-syntax lark torch triton cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti \
  nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand \
  nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink \
  nvidia-nvshmem-cu13 nvidia-nvtx
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
  --upgrade -c constraints.txt $(addprefix --no-emit-package ,$(UNLOCKED)) pyproject.toml

.PHONY: demo test tests cluster-tests lint format coverage docs lock release fuzz advisories bench bench-peers clean

demo: $(VENV)/.installed
	$(BIN)/weaklink demo

test: $(VENV)/.installed-dev
	$(MAKE) --jobs=2 lint tests cluster-tests

# Three workers for two cores: many tests wait for a process or a server
tests: $(VENV)/.installed-dev
	$(BIN)/python -m slipcover -m pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore $(CLUSTER)

# By themselves: Ray cannot send code that slipcover has instrumented to its workers
CLUSTER := tests/campaigns/executors/test_ray.py
cluster-tests: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 0 $(CLUSTER)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/hadolint Dockerfile

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: tests

# The documentation as a site in build/site, which opens from disk
docs: $(VENV)/.installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

# Newest versions that pyproject.toml allows, with their hashes
lock: $(VENV)/.torch
	$(COMPILE) --extra fast --extra remote --extra view -o requirements/demo.txt
	$(COMPILE) --extra dev -o requirements/dev.txt

# Wheel, source distribution and SBOM in dist/; the wheel is tried in an environment of its own,
# and the SBOM lists what is installed there
RELEASE := build/release
release: $(VENV)/.installed-dev
	rm -rf dist $(RELEASE)
	$(BIN)/uv build -q -o dist
	$(PYTHON) -m venv $(RELEASE)
	$(RELEASE)/bin/pip --disable-pip-version-check install -q --no-compile -r constraints.txt
	$(BIN)/uv pip install -q --python $(RELEASE) --no-deps -r requirements/demo.txt -r assets.txt
	$(BIN)/uv pip install -q --python $(RELEASE) --no-deps dist/*.whl
	cd $(RELEASE) && bin/python $(CURDIR)/.ci/released.py && bin/weaklink report audit.db
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  -o dist/weaklink.cdx.json $(RELEASE)/bin/python

# How many times the suite's inputs, and seconds of each kind by coverage
FUZZ_ROUNDS := 50
FUZZ_SECONDS := 300
fuzz: $(VENV)/.installed-dev
	WEAKLINK_FUZZ_ROUNDS=$(FUZZ_ROUNDS) $(BIN)/python -m pytest --timeout 3600 tests/hostile
	$(UV) atheris
	for kind in answers cards data published records specifications tables; do \
	  $(BIN)/python -m tests.hostile.guided.fuzz $$kind -max_total_time=$(FUZZ_SECONDS) || exit 1; done

# Known weaknesses of the locked packages; it needs PyPI's JSON interface. Without --strict it would
# pass where that does not answer
advisories: $(VENV)/.torch
	$(BIN)/uv tool run pip-audit --strict --no-deps --disable-pip -r requirements/dev.txt || \
	  { echo "Advisories were found, or their source knows not every package: see above."; exit 1; }

bench: demo
	$(BIN)/python -m benchmarks.speed.throughput weaklink-demo/minilm-rotten-tomatoes

bench-peers: demo
	$(BIN)/python benchmarks/peers/bench.py weaklink-demo/minilm-rotten-tomatoes
	$(BIN)/python benchmarks/peers/bench.py weaklink-demo/minilm-rotten-tomatoes --data imdb --words 20

# torch comes first and by itself: see constraints.txt
$(VENV)/.torch: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r constraints.txt uv
	touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml requirements/demo.txt assets.txt
	$(UV) --no-deps -r requirements/demo.txt -r assets.txt
	$(UV) --no-deps -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	$(UV) --no-deps -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) build dist
