#!/bin/sh
# Makes .venv from the lock file, once; again when the lock changes. Bare Debian lacks venv: installed as root, else named.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE PIP_FIND_LINKS || true

stamp=.venv/.made-from
wanted=$(cat requirements.lock pyproject.toml | sha256sum)
if [ -x .venv/bin/greenroom ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

python=
for candidate in python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Greenroom needs Python 3.11 or newer, and there is none on PATH." >&2
    exit 1
fi

rm -rf .venv
if ! "$python" -m venv .venv >/dev/null 2>&1; then
    command="apt-get install -y python3-venv python3-pip"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Python's venv is missing. Install it, then run make again:  sudo $command" >&2
        exit 1
    fi
    echo "Installing python3-venv, which this machine lacks"
    apt-get update -qq && $command -qq >/dev/null
    rm -rf .venv
    "$python" -m venv .venv
fi

echo "Setting up .venv from requirements.lock (a minute or two, once)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
.venv/bin/python -m compileall -q src
echo "$wanted" > $stamp
