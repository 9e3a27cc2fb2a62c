#!/usr/bin/env bash
# Serves the page, which web/build.sh has built, to this machine: web/serve.sh [PORT]
set -euo pipefail
exec python3 -m http.server --bind 127.0.0.1 --directory "$(dirname "$0")/site" "${1:-8000}"
