# riskbench: every target makes the environment first if it is not there.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
STUDY ?= microloan

unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test setup lint docs lab bench lock clean

run: $(READY)          ## from the loan tape to the dossier
	$(BIN)/riskbench run --study $(STUDY)

test: $(READY)         ## all tests and doctests
	$(BIN)/python -m pytest -n 2 -q

setup: $(READY)        ## install only

lint: $(READY)         ## style, types, import layers
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

docs: $(READY)         ## the pages and schemas that are made from the code
	$(BIN)/python -m riskbench.data.feature_page docs/features.md
	$(BIN)/python -m riskbench.report.glossary_page docs/glossary.md
	$(BIN)/python -m riskbench.governance.registry.page docs/registry.md
	$(BIN)/python -m riskbench.pipeline.schemas

lab: $(READY)          ## JupyterLab on the notebooks
	$(BIN)/riskbench lab

bench: $(READY)        ## the measurements of benchmarks/
	$(BIN)/python benchmarks/binning.py
	$(BIN)/python benchmarks/information.py
	$(BIN)/python benchmarks/notebook_tax.py
	$(BIN)/python benchmarks/truth.py
	$(BIN)/python benchmarks/reject_inference.py 1
	$(BIN)/python benchmarks/battery.py
	$(BIN)/python benchmarks/fairness.py
	$(BIN)/python benchmarks/coverage.py
	$(BIN)/python benchmarks/simulation.py
	$(BIN)/python benchmarks/decision_log.py
	$(BIN)/python benchmarks/service.py
	$(BIN)/python benchmarks/feeds.py
	$(BIN)/python benchmarks/live_outcomes.py --a-month 2000

lock: $(READY)         ## pin the environment anew; no address gets into the lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev pyproject.toml -o requirements.lock --upgrade -q

clean:                 ## environment, caches, drafts and unfinished runs; finished runs stay
	rm -rf .venv .riskbench/cache .riskbench/bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	for run in reports/*/; do [ -f "$$run/manifest.json" ] || [ "$$run" = reports/registry/ ] || rm -rf "$$run"; done

$(READY): requirements.lock pyproject.toml kernelspec/kernel.json
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $(READY)
