#!/usr/bin/env bash
# The second command of the comparison: times the Python contenders and puts them into the report that
# `cargo run --release -p sigmoid-peers` has made. Arguments go to bench.py: --quick, for one, or
# --judge, which asks for the results again and keeps the times.
#
# PEERS_FEATURES=foreign if the first command was run with `--features foreign`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# They would have NumPy's linear algebra work as on another CPU.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

peers() {
    cargo run --quiet --release --manifest-path "$here/../Cargo.toml" --features "${PEERS_FEATURES:-}" -- "$@"
}

[ -x "$here/.venv/bin/python" ] || "$here/setup.sh"
peers data
"$here/.venv/bin/python" "$here/bench.py" --out "$(peers folder)" "$@"
peers merge
