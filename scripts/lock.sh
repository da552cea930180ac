#!/bin/sh
# Renews requirements.lock from pyproject.toml, and requirements/uv.lock (the uv that set-up fetches where there is none).
# The locks name versions and hashes, never the address of a registry. `make lock UPGRADE=--upgrade` takes newer versions.
set -eu
cd "$(dirname "$0")/.."

uv=.cache/uv/bin/uv
if command -v uv >/dev/null 2>&1; then uv=uv; fi
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-true}"

compile() { "$uv" pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"; }

compile pyproject.toml --extra test --overrides requirements/overrides.txt \
    --python-version "$(cat .python-version)" -o requirements.lock ${UPGRADE:-}
compile requirements/uv.txt --universal --python-version 3.8 -o requirements/uv.lock ${UPGRADE:-}
