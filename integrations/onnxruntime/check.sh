#!/usr/bin/env bash
# Everything that must hold of the operators: built, loaded by ONNX Runtime from PyPI, tested, and the example.
#
#     integrations/onnxruntime/check.sh [LIBRARY]    # by default a release build, of which alone times are fair
#
# Needs a Rust toolchain and Python 3.11 or newer with its module venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=integrations/onnxruntime
venv=target/onnxruntime
scripts/third_party.py sigmoid-onnxruntime "$here" --check
"${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
library=${1:-target/release/libsigmoid_onnxruntime.so}
[ $# = 1 ] || cargo build --release -p sigmoid-onnxruntime
library=$(realpath "$library")
PYTHONPATH=$here "$venv/bin/python" "$here/test_operators.py" "$library"
PYTHONPATH=$here "$venv/bin/python" "$here/example.py" "$library"
