#!/bin/sh
# Prints the path of a chromium for the browser tests: one that is there, else apt-get's, else Playwright's own download.
# `--find` only looks. Fails with one line where there is none: browser tests are never skipped.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "knee-intake: $*" >&2; }

works() { "$1" --version >/dev/null 2>&1 </dev/null; }

of_playwright() {
    .venv/bin/python -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)' 2>/dev/null
}

find_chromium() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && path=$(command -v "$name") && works "$path"; then
            printf '%s\n' "$path"
            return
        fi
    done
    path=$(of_playwright) && works "$path" && printf '%s\n' "$path"
}

apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then
        root=
    elif sudo -n true 2>/dev/null; then
        root="sudo -n"
    else
        return 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    $root apt-get update && $root apt-get install --yes --no-install-recommends chromium
}

find_chromium && exit 0
if [ "${1:-}" != --find ]; then
    mkdir -p .cache
    say "installing chromium for the browser tests"
    if apt_install >.cache/chromium.log 2>&1 </dev/null && find_chromium; then
        exit 0
    fi
    if .venv/bin/playwright install chromium >>.cache/chromium.log 2>&1 </dev/null && find_chromium; then
        exit 0
    fi
fi
say "no chromium was found or could be installed; install one, or set CHROMIUM to its path, and run this again"
exit 1
