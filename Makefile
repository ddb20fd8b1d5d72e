# Every command prepares what it needs by itself; see setup/prepare.py. Python's name may be given: make PYTHON=python3.12 run
FITTING := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	"$$name" -c '$(FITTING)' 2>/dev/null && echo "$$name" && break; done)
BIN := .venv/bin
ARGS ?=
# How many tests run side by side.
JOBS ?= 2
# A desk whose picture is taken: its layout is nobody's own, and after so many seconds the exercise is well under way.
PORTRAIT = XDG_DATA_HOME="$(CURDIR)/build/portrait" $(BIN)/cop run --offscreen --for 25 --select charlotte-fire/inc-0417
MERGED = gaston-911/urn:emergency:uid:incidentid:26-3391:gaston-911.exercise

# Debian keeps servers such as mosquitto out of a user's PATH.
export PATH := $(PATH):/usr/sbin:/usr/local/sbin

.PHONY: help run test check conformance fuzz faults test-brokers soak bench screenshots clean python environment system-run system-test system-faults system-brokers
help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: system-run  ## start the app with the exercise Steel Rail; options: make run ARGS="--role liaison"
	$(BIN)/cop run $(ARGS)

test: system-test  ## run all tests; some of them: make test ARGS="tests/domain"
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: environment  ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

conformance: environment  ## what came of the real messages of ../shared/samples; ARGS=--write puts it into docs/formats
	$(BIN)/python -m tests.feeds.conformance $(ARGS)

fuzz: environment  ## fuzz every adapter for ten minutes; some: make fuzz ARGS="--seconds 60 cap eido"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz $(ARGS)

faults: system-faults  ## do to a desk what goes wrong in the field, print the table; ARGS=--write puts it into docs/reliability.md
	$(BIN)/python -m tests.faults $(ARGS)

test-brokers: system-brokers  ## the same desk at RabbitMQ and at NATS
	$(BIN)/python -m tests.faults -k other_brokers $(ARGS)

soak: system-test  ## ten minutes of 5,000 messages a second, a line a minute; shorter: make soak ARGS="--minutes 2"
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks.soak $(ARGS)

bench: system-test  ## print the benchmark table
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks $(ARGS)

screenshots: system-test  ## let the app take the pictures in docs/images anew
	$(PORTRAIT) --theme dark --screenshot docs/images/main-dark.png
	$(PORTRAIT) --theme light --screenshot docs/images/main-light.png
	$(PORTRAIT) --theme dark --select $(MERGED) --screenshot docs/images/formats-dark.png
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.portraits docs/images/map-crowd.png docs/images/map-layers.png \
		docs/images/map-measures.png docs/images/map-zones.png docs/images/inbox.png docs/images/agreements.png \
		docs/images/replay.png docs/images/forms.png
	$(BIN)/python -m tests.page_portrait docs/images/briefing.png
	$(BIN)/python -m tests.review_portrait docs/images/review.png
	$(BIN)/python -m tests.controller_portrait docs/images/controller.png
	rm -rf build/portrait

clean:  ## remove what the other commands made
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f cop-screenshot.png cop-state.json
	find cop tests benchmarks setup -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: sudo apt-get install python3 python3-venv"; exit 1; }

environment: python
	@$(PYTHON) -m setup.prepare environment

system-run: python
	@$(PYTHON) -m setup.prepare run

system-test: python
	@$(PYTHON) -m setup.prepare test

system-faults: python
	@$(PYTHON) -m setup.prepare faults

system-brokers: python
	@$(PYTHON) -m setup.prepare brokers
