# Everything one does with this project, from a bare Debian or Ubuntu with Python 3.11.
# `make` alone shows the list. Each target prepares what it needs; nothing is done twice.

.DEFAULT_GOAL := help
.PHONY: help run database test test-quick test-long test-slow test-ladder test-browser check lint \
	types imports drift js format bench bench-access bench-tiles bench-assign bench-reassign bench-submit bench-seal \
	bench-live bench-lists soak-live validate-assign \
	validate-reassign validate-audit validate-mail validate-hotspots soak-submit soak-wall screenshots lock dist clean distclean
MAKEFLAGS += --no-print-directory
python := .venv/bin/python
geoapp := .venv/bin/geoapp
# node of the environment, where the machine has none that fits
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# What waits for a browser, or for something to come true, gets a second chance on a machine that
# is busy with something else; every second try is printed.
patient := --reruns 1 --only-rerun "never came true"
patient_browser := --reruns 1

##@ Use
run: ready-run  ## Start everything: database, worker, web server (GEOAPP_PORT, default 8000)
	@exec $(geoapp) run

database: ready-run  ## Start the private database alone and print its address
	@exec $(python) -m geoapp.embedded .geoapp

##@ Test
test: ready-dev  ## All tests, but those that take minutes
	$(python) -m pytest -m "not slow and not long and not browser" -n 2 --dist loadfile $(patient)
	$(python) -m pytest -m "browser and not slow and not long" $(patient_browser)

test-quick: ready-dev  ## The tests that need no browser
	$(python) -m pytest -m "not slow and not long and not browser" -n 2 --dist loadfile $(patient)

test-browser: ready-dev  ## The tests that drive a real Chromium
	$(python) -m pytest -m "browser and not slow and not long" $(patient_browser)

test-long: ready-dev  ## Journeys of staff and other tests that take long; CI runs them too
	$(python) -m pytest -m "long and not slow and not browser" -n 2 --dist loadfile $(patient)
	$(python) -m pytest -m "long and browser and not slow" $(patient_browser)

test-slow: ready-dev  ## The tests that take minutes (statistics, installing, load)
	$(python) -m pytest -m slow

test-ladder: ready-dev  ## Fetch, unpack and run PostGIS without root, as on a machine without any
	$(python) -m pytest -m slow tests/embedded/test_ladder.py

##@ Check
check: lint types imports drift js  ## All checks below; what CI runs besides the tests

lint: ready-dev  ## Style and common faults (ruff), formatting
	$(python) -m ruff check .
	$(python) -m ruff format --check .

types: ready-dev  ## Types (mypy --strict)
	$(python) -m mypy

imports: ready-dev  ## The house's floors: imports go down only (import-linter)
	.venv/bin/lint-imports

drift: ready-dev  ## Migrations and table definitions say the same
	$(geoapp) db check

js: ready-dev  ## The browser side: lint, and its unit tests
	@npm run --silent lint
	@npm run --silent test

format: ready-dev  ## Let ruff format the code and mend what it can
	$(python) -m ruff check --fix-only .
	$(python) -m ruff format .

##@ Measure
bench: bench-access bench-assign bench-reassign bench-submit bench-seal  ## All benchmarks

bench-access: ready-dev  ## What row-level security costs staff at a million complaints (points=1000000)
	$(python) -m bench.access $(if $(points),--points $(points))

bench-assign: ready-dev  ## Bulk assignment against the bare spatial join (points=300000)
	$(python) -m bench.assign $(if $(points),--points $(points))

bench-reassign: ready-dev  ## 62 kelurahan become 68 under a full city, while clients submit (points=300000 rate=10)
	$(python) -m bench.reassign $(if $(points),--points $(points)) $(if $(rate),--rate $(rate))

bench-submit: ready-dev  ## Submissions against a bare handler that only inserts
	$(python) -m bench.submit

bench-tiles: ready-dev  ## Tiles of the whole city and of streets, against tipg and bare SQL (points=1000000,10000000)
	$(python) -m bench.tiles $(if $(points),--points $(points))

bench-seal: ready-dev  ## Submissions while the history is sealed, against the same without
	$(python) -m bench.seal

bench-live: ready-dev  ## From a commit to 1,000 and 5,000 browsers, against a raw fan-out (clients="1000 5000" seconds=20)
	$(python) -m bench.live $(if $(clients),--clients $(clients)) $(if $(seconds),--seconds $(seconds))

bench-lists: ready-dev  ## Lists in a box against tipg and pygeoapi from PyPI and the bare SQL (points=300000)
	$(python) -m bench.lists $(if $(points),--points $(points))

validate-assign: ready-dev  ## 100,000 points: single, bulk, new boundaries, all as shapely says
	$(python) -m pytest -m slow --durations=0 tests/spatial/test_assignment_agreement.py

validate-reassign: ready-dev  ## 62 kelurahan become 68: every answer then and now, none lost or doubled (points=100000)
	$(python) -m bench.reassign --strict --points $(or $(points),100000)

validate-audit: ready-dev  ## 1,000 tamperings with the history: found, by way; time to seal (events=20000)
	$(python) -m bench.validate_audit $(if $(events),--events $(events))

soak-submit: ready-dev  ## Kill everything while 8 phones send 10,000 complaints with photos (submissions=, kills=)
	$(python) -m bench.soak_submit $(if $(submissions),--submissions $(submissions)) $(if $(kills),--kills $(kills))

soak-wall: ready-dev  ## The wall in a browser at 50 events a second, its memory minute by minute (minutes=60)
	$(python) -m bench.soak_wall $(if $(minutes),--minutes $(minutes))

soak-live: ready-dev  ## Feed clients that drop while listeners are cut off and web workers killed: none misses anything (events=100000 rate=60)
	$(python) -m bench.soak_live $(if $(events),--events $(events)) $(if $(rate),--rate $(rate))

validate-mail: ready-dev  ## 2,000 mails while the sender is killed 30 times and the mail server misbehaves: none lost (mails=2000 stale=2)
	$(python) -m bench.validate_mail $(if $(mails),--mails $(mails)) $(if $(stale),--stale $(stale))

validate-hotspots: ready-dev  ## Hotspot statistics against outside answers
	$(python) -m bench.validate_hotspots

screenshots: ready-dev  ## Write pictures of every page into screenshots/
	$(python) scripts/screenshots.py

##@ Keep
lock: ready-dev  ## Write constraints.txt from the environment
	$(python) scripts/lock.py

dist: ready-dev  ## Build the wheel, assets and migrations included
	rm -rf build
	$(python) -m build --wheel

clean:  ## Remove what was built; the environment and the database stay
	rm -rf build dist *.egg-info geoapp/web/static/dist screenshots .stamps/assets .stamps/translations
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find geoapp migrations tests bench scripts -name __pycache__ -prune -exec rm -rf {} +

distclean: clean  ## Remove the environment too; the database in .geoapp stays
	rm -rf .venv node_modules .stamps


help:
	@awk 'BEGIN { FS = ":.*## "; print "make TARGET" } \
		/^##@ ./ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

ready-%:
	@sh scripts/bootstrap.sh $*
