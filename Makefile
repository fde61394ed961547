# Every target does its own set-up, in .venv, from requirements.lock.
#   make test PYTHON=/path/to/python3.12     names the Python
#   make test ARGS="-k stage"                passes words on to pytest

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
RUNNABLE := .venv/.has-run
READY := .venv/.has-all
TARGETS := run test generative quick check whole mutate bench bench-quick bench-explained bench-labs bench-page bench-http bench-worklist bench-interview \
	load-http soak questions \
	attack audit scenes typed profile bench-start docs fmt lock clean help
LOCK_PYTHONS ?= python3.11 python3.12
ARGS ?=

unknown := $(filter-out $(TARGETS) setup runnable $(RUNNABLE) $(READY),$(MAKECMDGOALS))
ifneq ($(unknown),)
$(error There is no target '$(firstword $(unknown))' here: choose from $(TARGETS), or run `make help`)
endif

.PHONY: $(TARGETS) setup runnable again

help:
	@echo "make run              match the sample patients and write the report to out/"
	@echo "make test             run the tests"
	@echo "make quick            the specification and the unit tests that matter most, in a minute"
	@echo "make generative       the generated properties, thirty times as long"
	@echo "make mutate           limits, units and polarity of rules changed one by one: do their cases notice?"
	@echo "make whole            what 'make test' runs in part: every published patient, every scene, every fault of a process"
	@echo "make check            lint, form, types, import contracts, documentation up to date"
	@echo "make bench            every measured figure on the whole workload, and the page of them"
	@echo "make bench-quick      the same in short, nothing written"
	@echo "make bench-explained  300 patients with every reason: time, bytes, memory (ARGS=--against=DIR: beside a checkout)"
	@echo "make bench-labs       unrounded laboratory values beside rounded ones, read in columns (ARGS=--against=DIR)"
	@echo "make bench-page       how soon the report of 300 patients is there in Chromium, and how soon a search answers"
	@echo "make bench-start      what a command costs before it does anything, against another commit"
	@echo "make bench-http       matching over HTTP against a stored answer"
	@echo "make bench-worklist   10,000 and 50,000 patients as a coordinator waits for them: times, and memory, which is flat"
	@echo "make bench-interview  what one answer costs in an interview"
	@echo "make load-http        200 clients for a minute, every answer checked"
	@echo "make soak             50,000 interviews in the engine, 5,000 over HTTP, and the memory of each"
	@echo "make questions        how many questions settle the top five, in which order"
	@echo "make scenes           the scenes of worklists and intake in a browser, by two servers on PostgreSQL, 50,000 patients"
	@echo "make typed            protocols from pasted text to approved, typed into a browser"
	@echo "make attack           two minutes of attack on a server of its own, on this machine only"
	@echo "make profile          where the time of a command goes: make profile ARGS='match patients.csv'"
	@echo "make audit            known weaknesses of the locked versions, and a list of the components"
	@echo "make fmt              put the code in form"
	@echo "make docs             write the generated documentation anew"
	@echo "make lock             write constraints.txt and requirements.lock anew from pyproject.toml"
	@echo "make clean            remove .venv, caches and out/"
	@echo "Each sets itself up in .venv; PYTHON=/path/to/python3.12 chooses the Python."

setup: $(READY)

# Running needs less than testing: not Spark, no browser, no type checker.
runnable: $(RUNNABLE)

# A compiler that is named has to reach the shell; make's own default is no choice of anybody's.
compiler := $(if $(filter command environment,$(word 1,$(origin CC))),CC='$(CC)')

# A Python that is named is looked at even where .venv exists: it may be another one, or a wrong one.
$(RUNNABLE) $(READY): pyproject.toml requirements.lock $(if $(PYTHON),again)
	$(eval python := $(shell $(compiler) sh scripts/find_python.sh '$(PYTHON)'))
	$(if $(filter /%,$(firstword $(python))),,$(error $(python)))
	@sh scripts/setup.sh '$(python)' $(if $(filter $(READY),$@),all,run)

run: runnable
	@$(BIN)/matcher match fixtures/patients.csv --as-of 2026-01-15 --out out

# Half as many again as there are cores: a third of the time tests wait for servers to begin and end. The order is that
# of tests/conftest.py: what a verdict means comes first.
test: setup
	@$(BIN)/python -m pytest --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) * 3 / 2)) --dist loadfile \
		--no-loadscope-reorder $(ARGS)

# What takes longest and guards machinery rather than meaning: whole rulebooks on every engine, processes, stores, patterns.
LONG := test_patterns.py test_imports.py test_house.py engines/test_durable_engine.py engines/test_columnar_engine.py \
	standing/test_columns.py standing/test_cohort.py standing/test_panel.py service/test_cohort.py service/test_landing.py \
	service/intake store readers/test_any_file.py readers/test_any_json.py rulebook/test_strict_yaml.py domain/test_wire.py
quick: setup
	@$(BIN)/python -m pytest --quiet --numprocesses auto tests/spec tests/unit $(LONG:%=--ignore=tests/unit/%) $(ARGS)

generative: setup
	@$(BIN)/python -m pytest tests/generative --hypothesis-profile deep $(ARGS)

mutate: setup
	@$(BIN)/python scripts/mutate.py $(ARGS)

# What `make test` runs a part of, or not at all: every file that asks tests/whole.py.
whole: setup
	@MATCHER_WHOLE=1 $(BIN)/python -m pytest $$(grep -rl "from tests.whole" tests) $(ARGS)

check: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/docs.py --check

bench: setup
	@$(BIN)/python benchmarks/run.py --keep $(ARGS)
	@$(BIN)/python scripts/docs.py

bench-quick: setup
	@$(BIN)/python benchmarks/run.py --scale quick $(ARGS)

bench-explained: setup
	@$(BIN)/python benchmarks/explained.py $(ARGS)

bench-labs: setup
	@$(BIN)/python benchmarks/labs.py $(ARGS)

bench-page: setup
	@$(BIN)/python benchmarks/page.py $(ARGS)

bench-start: runnable
	@$(BIN)/python benchmarks/start.py $(ARGS)

bench-http: setup
	@$(BIN)/python benchmarks/over_http.py $(ARGS)

load-http: setup
	@$(BIN)/python benchmarks/many_clients.py $(ARGS)

bench-worklist: setup
	@$(BIN)/python benchmarks/worklist.py $(ARGS)

bench-interview: setup
	@$(BIN)/python benchmarks/interview.py $(ARGS)

soak: setup
	@$(BIN)/python benchmarks/soak.py --sessions 50000 --answers 2
	@$(BIN)/python benchmarks/soak.py --sessions 5000 --answers 3 --over http

questions: setup
	@$(BIN)/python benchmarks/questions.py $(ARGS)

attack: setup
	@timeout 1500 $(BIN)/python scripts/attack.py $(ARGS)

ARGS_OF_PROFILE = $(if $(ARGS),$(ARGS),match fixtures/patients.csv --as-of 2026-01-15 --out out --quiet)
profile: runnable
	@$(BIN)/python scripts/profile_command.py $(ARGS_OF_PROFILE)

# The pages' scenes once more, each request handed to the next of two servers that share a PostgreSQL.
scenes: setup
	@MATCHER_WHOLE=1 MATCHER_SERVERS=two MATCHER_MANY=50000 $(BIN)/python -m pytest -rA --durations=0 \
		tests/web/test_worklist_pages.py tests/web/test_intake_page.py $(ARGS)

typed: setup
	@$(BIN)/python scripts/typed_protocols.py $(ARGS)

audit: setup
	@sh scripts/audit.sh

fmt: setup
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

docs: setup
	@$(BIN)/python scripts/docs.py

lock: setup
	@$(BIN)/python scripts/lock.py $(LOCK_PYTHONS)

clean:
	@rm -rf .venv out build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
