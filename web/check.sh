#!/usr/bin/env bash
# Builds the page, serves it, and tests it in Chromium: web/check.sh
#
# As root, or with CI=true by sudo, it installs what is missing of Debian's Chromium and Node. Of npm it takes the
# package that drives Chromium. Screenshots are left in target/web/screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."

root=()
if [ "$(id -u)" != 0 ]; then root=(sudo -n); fi
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} != 0 ]; then
    if [ "$(id -u)" != 0 ] && [ "${CI:-}" != true ]; then
        echo "not there: ${missing[*]}; run this as root, or with CI=true"
        exit 1
    fi
    "${root[@]}" apt-get update -o Acquire::Retries=3 >/dev/null || true
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -o Acquire::Retries=3 --yes --no-install-recommends \
        "${missing[@]}" >/dev/null
fi

web/build.sh
mkdir -p target/web
npm install --silent --no-save --prefix target/web playwright-core@1.55.0

# What the page must show, computed by a program of this machine. (Default flags: with fused multiply-add the bits are
# others.)
env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR=target/web \
    cargo build --locked --manifest-path web/wasm/Cargo.toml --example expected

# The server takes any port that is free, and says which.
PYTHONUNBUFFERED=1 web/serve.sh 0 >target/web/serve.log 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 100); do
    address=$(grep --only-matching --max-count=1 'http://[^)]*' target/web/serve.log) && break
    sleep 0.1
done
node web/check.mjs "$address" target/web
