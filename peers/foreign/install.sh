#!/usr/bin/env bash
# Installs what the feature `foreign` is built from, as Debian packages it. Tried on Debian 12, which has
# them all: XNNPACK of February 2022, SLEEF 3.5.1, Eigen 3.4.0, oneDNN 2.6.3.
set -euo pipefail

root=()
if [ "$(id -u)" != 0 ]; then root=(sudo); fi

"${root[@]}" apt-get update -o Acquire::Retries=3
"${root[@]}" apt-get install -o Acquire::Retries=3 --yes --no-install-recommends \
    gcc g++ libxnnpack-dev libpthreadpool-dev libsleef-dev libeigen3-dev libdnnl-dev
