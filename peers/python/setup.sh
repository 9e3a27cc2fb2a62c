#!/usr/bin/env bash
# Installs the Python contenders: those of requirements.txt into peers/python/.venv; PyTorch as Debian's
# package, for PyPI's torch 2.15.0 for x86-64 Linux is a download of 539 MB that depends on 2.2 GB of NVIDIA's
# libraries, 3.0 GB with the rest (November 2026). Debian's belongs to the system's Python.
# Tried on Debian 12, whose python3-torch is 1.13.1.
set -euo pipefail
cd "$(dirname "$0")"

root=()
if [ "$(id -u)" != 0 ]; then root=(sudo); fi
"${root[@]}" apt-get update -o Acquire::Retries=3
"${root[@]}" apt-get install -o Acquire::Retries=3 --yes --no-install-recommends python3 python3-venv python3-torch

"${PYTHON:-python3}" -m venv .venv
.venv/bin/pip install --requirement requirements.txt
