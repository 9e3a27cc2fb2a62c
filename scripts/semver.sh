#!/usr/bin/env bash
# Would users of an older version have to change anything? Compares the public interface of the library and of the checker
# with that of a commit; until there is a release, of any commit that one likes.
#
#     scripts/semver.sh main~50
#
# It needs cargo-semver-checks: `cargo install --locked cargo-semver-checks`.
set -euo pipefail
cd "$(dirname "$0")/.."

for package in sigmoid sigmoid-conformance; do
    cargo semver-checks --package "$package" --baseline-rev "${1:?a commit}"
done
