# Three commands for a fresh clone: `make demo`, `make homeworks` and `make test`.
# An environment of your own (with a GPU build of torch, say) is used and kept: make demo VENV=$VIRTUAL_ENV

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.grader-ready
ID := ntu_ml_hw2

.PHONY: demo homeworks test lint types bench clean

demo: $(READY)
	$(BIN)/grade submissions_example/$(ID)/correct
	$(BIN)/grade submissions_example/$(ID)/no_path_through_the_variance

# The right example of every homework, each graded for its own.
homeworks: $(READY)
	$(BIN)/grade submissions_example/*/correct

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n logical --maxprocesses 8 --dist loadfile

bench: $(READY)
	$(BIN)/python benchmarks/one_submission.py

# torch comes first and pinned: a plain `torch`, asked for by anything else, would bring several GB of CUDA
# libraries. One that is there already is kept.
$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or newer is needed (make PYTHON=python3.12)"; exit 2; }
	$(BIN)/python -c "import importlib.util as u, sys; sys.exit(u.find_spec('torch') is None)" || $(BIN)/python -m pip install -q torch==2.13.0
	$(BIN)/python -m pip install -q -e ".[dev]"
	touch $(READY)

clean:
	rm -rf reports build *.egg-info
