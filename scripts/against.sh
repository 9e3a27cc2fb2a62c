#!/usr/bin/env bash
# This library against an earlier commit of itself: the same calls of both in turn, in one process.
#
#     scripts/against.sh COMMIT
#
# Unless the machine is quiet, run it again: what is slower only once was a neighbour.
set -euo pipefail
cd "$(dirname "$0")/.."

old=target/against/old
rm -rf "$old"
mkdir -p "$old"
git archive "${1:?a commit}" src build.rs Cargo.toml README.md benches | tar -x -C "$old"
# A package of another name, and none of its workspace.
sed -i -e 's/^name = "sigmoid"$/name = "sigmoid-old"/' -e 's/^members = .*/members = ["."]/' -e '/^default-members/d' \
    "$old/Cargo.toml"
cargo run --release --manifest-path measure/against/Cargo.toml --target-dir target/against/build
