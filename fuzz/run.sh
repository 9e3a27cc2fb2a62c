#!/bin/sh
# Builds the targets and runs them beside each other from what is in corpus/, each for so many seconds:
#
#     fuzz/run.sh [SECONDS [TARGET...]]        (30, and all of them)
#
# It fails if one of them finds something, and says where that lies. What cargo-fuzz would tell the compiler is told
# here, so that a stable one is enough.
set -eu
cd "$(dirname "$0")"

seconds=30
if [ $# -gt 0 ]; then
    seconds=$1
    shift
fi
[ $# -gt 0 ] || set -- kernels npy options safetensors

host=$(rustc -vV | sed -n 's/^host: //p')
flags=-Cpasses=sancov-module
for option in \
    sanitizer-coverage-level=4 \
    sanitizer-coverage-inline-8bit-counters \
    sanitizer-coverage-pc-table \
    sanitizer-coverage-trace-compares \
    simplifycfg-branch-fold-threshold=0
do
    flags="$flags -Cllvm-args=-$option"
done
flags="$flags --cfg fuzzing -Zsanitizer=address"
# With a target of its own, so that build scripts and macros do without all this.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" cargo build --release --locked --target "$host"

# fuzz TARGET: what it finds lies in artifacts/TARGET, what it says in target/TARGET.log.
fuzz() {
    target=$1
    # What is found on the way stays out of the corpus that is checked in.
    mkdir -p "artifacts/$target" "target/corpus/$target"
    set --
    [ ! -f "corpus/$target.dict" ] || set -- "-dict=corpus/$target.dict"
    # Every element is a call by itself.
    [ "$target" != kernels ] || set -- -max_len=600
    "target/$host/release/$target" -max_total_time="$seconds" -timeout=20 -malloc_limit_mb=64 \
        -artifact_prefix="artifacts/$target/" -print_final_stats=1 -verbosity=1 "$@" \
        "target/corpus/$target" "corpus/$target" >"target/$target.log" 2>&1 && : >"target/$target.passed"
}

for target in "$@"; do
    rm -f "target/$target.passed"
    fuzz "$target" &
done
wait

failed=
for target in "$@"; do
    echo "== $target, $seconds s"
    if [ -f "target/$target.passed" ]; then
        grep -E '^(Done |stat::number_of_executed|stat::average|stat::peak)' "target/$target.log"
    else
        failed="$failed $target"
        grep -a -A 3 -E 'panicked|ERROR|SUMMARY|Test unit' "target/$target.log" || tail -n 5 "target/$target.log"
    fi
done
if [ -n "$failed" ]; then
    echo "found something:$failed" >&2
    exit 1
fi
