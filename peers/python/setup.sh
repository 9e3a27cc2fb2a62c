#!/usr/bin/env bash
# Installs the Python contenders: those of requirements.txt into peers/python/.venv; PyTorch as Debian's
# package, for the build on PyPI brings gigabytes of libraries for GPUs. It belongs to the system's Python.
# Tried on Debian 12, whose python3-torch is 1.13.1.
set -euo pipefail
cd "$(dirname "$0")"

root=()
if [ "$(id -u)" != 0 ]; then root=(sudo); fi
"${root[@]}" apt-get update -o Acquire::Retries=3
"${root[@]}" apt-get install -o Acquire::Retries=3 --yes --no-install-recommends python3 python3-venv python3-torch

"${PYTHON:-python3}" -m venv .venv
.venv/bin/pip install --requirement requirements.txt
