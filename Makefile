# eventsvc: `make run` starts it, `make test` tests it. Both install what is missing first and are quick the second time.
PYTHON ?= python3
VENV    = .venv/bin
# More words for pytest: `make test PYTEST="-k sign_up -x"` runs a part.
PYTEST ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test check bench soak words lock clean

help:  ## What can be made here
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup:  ## Install what is missing to run; tried again even where it failed today
	@$(PYTHON) scripts/setup.py run --again

run:  ## Start everything here; PORT=8001 make run for another port
	@$(PYTHON) scripts/setup.py run
	@exec $(VENV)/python -m eventsvc.serve

setup-tests:
	@$(PYTHON) scripts/setup.py test

test: setup-tests  ## Run every test, with servers and a browser of its own
	@# Two processes, a file stays in one of them; then, alone, what starts whole services and measures their time.
	@status=0; \
	$(VENV)/python -m pytest -n 2 --dist loadfile -m "not soak and not alone" $(PYTEST) || { [ $$? -eq 5 ] || status=1; }; \
	$(VENV)/python -m pytest -m "alone and not soak" $(PYTEST) || { [ $$? -eq 5 ] || status=1; }; \
	exit $$status

check: setup-tests  ## Lint, types, import rules, migrations equal models
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/lint-imports --cache-dir var/import_linter
	PYTHONPATH=. $(VENV)/python -m scripts.check_migrations

bench: setup-tests  ## Measure sign-ups and papers against the bare way
	$(VENV)/python -m bench

soak: setup-tests  ## The longer storms that `make test` leaves out
	$(VENV)/python -m pytest -m soak --timeout 1800 --durations=0 --durations-min=1

words: setup-tests  ## Gather all words into the English catalogue; list those without English
	$(VENV)/python scripts/words.py

lock: setup-tests  ## Compile requirements*.txt from requirements*.in, pinned and hashed
	$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

clean:  ## Remove caches and test leftovers; data under var/ and the environment stay
	rm -rf var/mypy var/pytest var/import_linter var/test .ruff_cache .hypothesis
	find eventsvc workers tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
