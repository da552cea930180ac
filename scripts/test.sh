#!/bin/sh
# Everything that has to hold before a change lands. Stops at the first kind of check that fails.
# Arguments go to pytest. The tests that need no model run first; the model is trained once, when the first test needs it.
set -eu
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "set-up"
sh scripts/setup.sh
CHROMIUM=$(sh scripts/chromium.sh)
export CHROMIUM
echo "Python: $(.venv/bin/python --version), chromium: $CHROMIUM"

step "format and lint (ruff)"
.venv/bin/ruff format --check .
.venv/bin/ruff check .

step "types (mypy)"
.venv/bin/mypy

step "tests (pytest)"
# two at a time, a file's tests together: they share its fixtures; cheap rooms first, as tests/conftest.py sorts them
exec .venv/bin/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations=10 "$@"
