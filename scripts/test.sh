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
exec .venv/bin/pytest --durations=10 "$@"
