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
status=0
.venv/bin/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations=10 "$@" || status=$?
[ "$status" -eq 1 ] || exit "$status"

# A page in a browser waits for real time, and a neighbour on the machine can take that away. Tests in tests/browser
# that failed are asked once more, alone; whatever else failed, or fails twice, or is more than a few, stays red.
failed=$(.venv/bin/python scripts/failed_tests.py)
[ -n "$failed" ] && [ "$(printf '%s\n' "$failed" | wc -l)" -le 5 ] || exit 1
if printf '%s\n' "$failed" | grep -qv '^tests/browser/'; then exit 1; fi
step "asked once more, alone"
printf 'asked again: %s\n' "$failed"
printf '%s\n' "$failed" | tr '\n' '\0' | xargs -0 .venv/bin/pytest
