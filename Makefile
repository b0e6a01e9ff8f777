# make serve    the web page          make test    everything that is checked
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 7860

.PHONY: install serve test check vectors lock clean

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

test: check
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
