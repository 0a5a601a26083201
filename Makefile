SHELL := /bin/bash
# Two commands do all on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests start Python some hundred times: with nothing compiled kept, each start costs half a second more.
test test-long test-postgres explore: export PYTHONDONTWRITEBYTECODE :=
TIMES ?= 20
EXPLORED ?= tests
ON_POSTGRES := tests/pipeline tests/app tests/flows tests/faults/test_files_and_ocr.py tests/faults/test_interrupted.py

.PHONY: help system demo test test-long test-postgres explore check format bench lock pictures samples clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

system: ## the system's packages: Tesseract with Chinese, libmagic, fonts
	@bash docs/setup/system.sh

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || (echo "Python 3.11, 3.12 or 3.13 is needed; name it with make PYTHON=python3.12"; exit 1)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the environment into $(VENV) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null
	@$(BIN)/python -m pip check >/dev/null || $(BIN)/python -m pip check
	@touch $@

demo: system $(STAMP) ## set up, then the main job on sample_docs/
	@CLAIMTRAIL=$(BIN)/claimtrail bash docs/setup/demo.sh

test: system $(STAMP) ## all tests but those of test-long
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: system $(STAMP) ## tests that take minutes: hosts cut off, kills at random moments, the second language in the browser
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m long

test-postgres: system $(STAMP) ## the tests of matters and commands once more, their records on a PostgreSQL server
	@CLAIMTRAIL_TEST_RECORDS=postgres $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not long" $(ON_POSTGRES)

explore: system $(STAMP) ## the property tests alone, with other random examples each time: TIMES=20 as many, EXPLORED=tests/index of these
	@HYPOTHESIS_PROFILE=explore HYPOTHESIS_TIMES=$(TIMES) $(BIN)/python -m pytest -q -n 2 --timeout 7200 $(EXPLORED)

check: $(STAMP) ## format, lint, types, layers, unused dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry . 2>&1 | tail -n 20; exit $${PIPESTATUS[0]}

format: $(STAMP) ## put the code into form
	@$(BIN)/ruff check --fix -q . || true
	@$(BIN)/ruff format -q .

bench: system $(STAMP) ## speed and accuracy on this machine
	@$(BIN)/python -m bench

samples: system $(STAMP) ## draw the sample documents anew
	@$(BIN)/python sample_docs/make.py

pictures: system $(STAMP) ## take the pictures of README and guide anew (after make demo)
	@CLAIMTRAIL_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/web/pages/test_first_walk.py
	@$(BIN)/python docs/setup/pages.py

lock: $(STAMP) ## pin the dependencies anew
	@$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --extra ocr --extra team --extra dev -c constraints.txt -o requirements.lock pyproject.toml
	@$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --extra ocr --extra team --build-deps-for wheel -c requirements.lock -o deploy/requirements.lock pyproject.toml

clean: ## remove what make made
	rm -rf $(VENV) demo-workspace demo-bundle build *.egg-info
