#!/usr/bin/env bash
# Builds the page: web/site is all of it, to be put on any server.
#
# As root, or with CI=true by sudo, it gets Debian's Rust compiler, which is only unpacked, beside that of
# scripts/other_machines.sh: there the standard library has its source, which WebAssembly needs. It needs a Rust
# toolchain by rustup on x86-64.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p "${OTHER_MACHINES:-target/other-machines}/logs"
work=$(cd "${OTHER_MACHINES:-target/other-machines}" && pwd)
source scripts/debian_compiler.sh

if [ "$(id -u)" = 0 ] || [ "${CI:-}" = true ]; then
    export DEBIAN_FRONTEND=noninteractive
    log=$work/logs/web.log
    "${root[@]}" apt-get update -o Acquire::Retries=3 >"$log" 2>&1 || true
    if ! (unpack_compiler) >>"$log" 2>&1; then
        tail -n 20 "$log"
        echo "Debian's Rust compiler could not be unpacked"
        exit 1
    fi
fi
if [ ! -x "$work/rustc" ]; then
    echo "Debian's Rust compiler is not there: run this as root, or with CI=true"
    exit 1
fi

unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
export CARGO_TARGET_DIR=$PWD/target/web
RUSTFLAGS=-Ctarget-feature=+simd128 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$rust_lld debian_cargo build --locked \
    --release --manifest-path web/wasm/Cargo.toml --lib -Zbuild-std=core --target wasm32-unknown-unknown
cp target/web/wasm32-unknown-unknown/release/sigmoid_web.wasm web/site/sigmoid.wasm
printf 'web/site: %d bytes, %d of them sigmoid.wasm\n' \
    "$(cat web/site/* | wc -c)" "$(stat --format %s web/site/sigmoid.wasm)"
