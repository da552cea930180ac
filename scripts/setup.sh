#!/bin/sh
# Makes .venv from requirements.lock and installs this project into it. A second run changes nothing and needs no network.
# Needs: any Python 3.8 or newer that can run pip (or uv on PATH), and access to packages.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "knee-intake: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# What .venv was made from. The folder counts: the programs in .venv/bin name it.
packages() {
    pwd
    cksum .python-version requirements.lock
}

project() { cksum pyproject.toml; }

has_python() {
    .venv/bin/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$(cat .python-version)')" 2>/dev/null
}
has_packages() { [ "$(packages)" = "$(cat .venv/.packages 2>/dev/null)" ] && has_python; }
has_project() { [ "$(project)" = "$(cat .venv/.project 2>/dev/null)" ]; }
is_current() { has_packages && has_project; }

any_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9 /usr/bin/python3 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then
            if "$name" -m pip --version >/dev/null 2>&1; then
                printf '%s\n' "$name"
                return
            fi
        fi
    done
    return 1
}

# uv from PATH, else the one fetched before, else fetched now: into .cache/uv, without touching any installed Python.
find_uv() {
    for candidate in uv .cache/uv/bin/uv; do
        if "$candidate" python find --help >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    python=$(any_python) || fail "no Python 3 with pip was found; install one (for example python3-pip) and run this again"
    say "fetching uv into .cache/uv"
    rm -rf .cache/uv .cache/uv.new
    "$python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --no-deps \
        --require-hashes --target .cache/uv.new -r requirements/uv.lock >.cache/setup.log 2>&1 ||
        fail "uv could not be fetched (.cache/setup.log says why); install uv or mend the access to packages"
    mv .cache/uv.new .cache/uv
    printf '%s\n' .cache/uv/bin/uv
}

find_python() {
    wanted=$(cat .python-version)
    if ! "$uv" python find --system --no-project "$wanted" 2>/dev/null; then
        say "fetching Python $wanted"
        "$uv" python install "$wanted" >.cache/setup.log 2>&1 &&
            "$uv" python find --system --no-project "$wanted" 2>>.cache/setup.log ||
            fail "no Python $wanted is installed and none could be fetched (.cache/setup.log says why); install it and run this again"
    fi
}

is_current && exit 0

mkdir -p .cache
# One set-up at a time: the lock goes away with the process that holds it.
if command -v flock >/dev/null 2>&1; then
    exec 9>.cache/setup.lock
    flock 9
    is_current && exit 0
fi

# Trust the certificates that the system trusts; uv alone would only know its own list.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-true}"
[ -t 2 ] && quiet= || quiet=--quiet

install_packages() {
    if [ "$(head -n 1 .venv/.packages 2>/dev/null)" != "$(pwd)" ] || ! has_python; then
        python=$(find_python)
        rm -rf .venv
        "$uv" venv --quiet --no-project --python "$python" .venv
    fi
    rm -f .venv/.packages .venv/.project
    say "installing the packages of requirements.lock into .venv (about 2 GB)"
    "$uv" pip sync $quiet --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock ||
        fail "the packages could not be installed; the lines above say why"
    packages >.venv/.packages
}

# The build tools are in the lock, so this needs no network.
install_project() {
    "$uv" pip install --quiet --python .venv/bin/python --offline --no-deps --no-build-isolation --editable . ||
        fail "the project itself could not be installed into .venv; the lines above say why"
    project >.venv/.project
}

uv=$(find_uv)
has_packages || install_packages
has_project || install_project
