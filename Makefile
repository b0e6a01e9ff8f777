# make serve    the web page          make test    everything that is checked
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 7860

.PHONY: install serve test check gate vectors lock clean

install: $(VENV)/.installed

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@

serve: install
	$(BIN)/qa-bot serve --host $(HOST) --port $(PORT)

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The answers to the gold questions against the committed baseline, over the shipped corpus alone.
gate: $(VENV)/.installed
	mkdir -p build
	QA_BOT_INDEX_DIR=build/gate-index $(BIN)/qa-bot eval --baseline eval/baselines/extractive.json \
		--runs build/runs --junit build/gate.xml --markdown build/gate.md

# pytest comes last, so that its summary closes the output.
test: check gate
	$(BIN)/python -m pytest

# The shipped vectors, anew (after a change of the parser, of the passages or of the model).
vectors: install
	$(BIN)/python -m qa_bot.index.shipped

# The constraints file, anew, from what a fresh environment resolves to.
lock:
	rm -rf .lock && $(PYTHON) -m venv .lock
	.lock/bin/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	.lock/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf .lock

clean:
	rm -rf $(VENV) build dist *.egg-info
