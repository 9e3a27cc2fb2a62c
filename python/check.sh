#!/usr/bin/env bash
# Everything that must hold of the Python package, from nothing but a Rust toolchain and Python 3.11: lints, an isolated
# build as `pip install` does it, the tests, the example, and the tests again beside PyTorch.
#
#     ./check.sh            # leaves PyTorch out where it is not installed, unless run by root or with CI=true
#
# PyTorch is Debian's, as is the NumPy that it was built for: the build on PyPI brings gigabytes for GPUs. Tried on
# Debian 12, whose python3-torch is 1.13.1 and whose NumPy is 1.24, the oldest that this package takes.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

install() {
    command -v apt-get >/dev/null || return 1
    local root=()
    if [ "$(id -u)" != 0 ]; then
        [ "${CI:-}" = true ] && sudo -n true || return 1
        root=(sudo)
    fi
    "${root[@]}" apt-get update -qq -o Acquire::Retries=3 &&
        DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -qq -o Acquire::Retries=3 --yes \
            --no-install-recommends "$@" >/dev/null
}

python=${PYTHON:-python3}
"$python" -c 'import ensurepip, venv' 2>/dev/null || install python3-venv

step "format and lints"
cargo fmt --check
cargo clippy --locked -- -D warnings
"$python" scripts/notices.py --check

step "an environment from nothing, and pip install"
rm -rf .venv
"$python" -m venv .venv
.venv/bin/pip install --quiet '.[test]'

step "tests"
.venv/bin/python -m pytest --quiet

step "stubs say what the modules have"
.venv/bin/python -m mypy.stubtest sigmoid --ignore-missing-stub

step "the checker on what people call from Python"
.venv/bin/python examples/examine.py

step "beside PyTorch, and with its NumPy"
has_torch() {
    /usr/bin/python3 -c 'import sys, venv, ensurepip, torch; assert sys.version_info >= (3, 11)' 2>/dev/null
}
if has_torch || { install python3 python3-venv python3-torch && has_torch; }; then
    rm -rf .venv-torch
    /usr/bin/python3 -m venv --system-site-packages .venv-torch
    .venv-torch/bin/pip install --quiet pytest
    .venv-torch/bin/pip install --quiet --no-deps .
    .venv-torch/bin/python -m pytest --quiet -rs
    .venv-torch/bin/python examples/examine.py
else
    step "SKIPPED: PyTorch, which /usr/bin/python3 (of 3.11 or later) does not have, and no leave to install it"
fi
step "all passed"
