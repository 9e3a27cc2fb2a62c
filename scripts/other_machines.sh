#!/usr/bin/env bash
# The library on machines that this one is not: built, linked, and run under emulators of Linux programs.
#
#     scripts/other_machines.sh               # everything, from nothing
#     scripts/other_machines.sh wasm32 asan   # only the parts with one of these in their names
#
# Exact must have this machine's digests everywhere; Fast those of AVX2 where there is fused multiply-add, and
# those of SSE2 where there is none. (`other_machines/` computes them; its own test has them judged.)
#
# It needs a Rust toolchain by rustup on x86-64, and installs Debian's emulators and linkers, by root or sudo.
# Debian's newest Rust compiler, which comes with the source of the standard library, is only unpacked, into the
# folder OTHER_MACHINES (by default target/other-machines), where everything is built too. What cannot be had is
# left out, in a line that begins with SKIPPED.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=("$@")
mkdir -p "${OTHER_MACHINES:-target/other-machines}/logs"
work=$(cd "${OTHER_MACHINES:-target/other-machines}" && pwd)
outcomes=$work/outcomes
rm -rf "$outcomes" && mkdir "$outcomes"

export DEBIAN_FRONTEND=noninteractive
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=2
export CARGO_TARGET_DIR=$work/build/here
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET

# What is not here, and why.
declare -A missing=()

is_wanted() {
    local pattern
    if [ ${#wanted[@]} = 0 ]; then return 0; fi
    for pattern in "${wanted[@]}"; do
        if [[ $1 == *"$pattern"* ]]; then return 0; fi
    done
    return 1
}

# part NAME NEEDS COMMAND...: beside the others, as many at a time as there are CPUs.
part() {
    local name=$1 needs=$2 need
    shift 2
    is_wanted "$name" || return 0
    for need in $needs; do
        if [ -n "${missing[$need]:-}" ]; then
            echo "SKIPPED: $name: ${missing[$need]}"
            echo skipped >"$outcomes/$name"
            return 0
        fi
    done
    while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
    run_part "$name" "$@" &
}

run_part() {
    local name=$1 log=$work/logs/$1.log start=$SECONDS status
    shift
    # Not as a condition: there a command that fails would end nothing.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    status=$?
    set -e
    # (In one piece: others speak too.)
    if [ $status = 0 ]; then
        echo passed >"$outcomes/$name"
        printf 'passed: %s (%d s)\n%s\n' "$name" "$((SECONDS - start))" "$(sed -n 's/^# /    /p' "$log")"
    else
        echo failed >"$outcomes/$name"
        printf 'FAILED: %s (%d s); the end of %s:\n%s\n' \
            "$name" "$((SECONDS - start))" "$log" "$(tail -n 40 "$log" | sed 's/^/    /')"
    fi
}

# those_that OUTCOME: the names of the parts.
those_that() { (cd "$outcomes" && grep -lx "$1" -- * || true); }

# install THING PACKAGE...: what parts call THING, as Debian packages it.
install() {
    local thing=$1
    shift
    if ! "${root[@]}" apt-get install -o Acquire::Retries=3 --yes --no-install-recommends "$@" \
        >"$work/logs/install-$thing.log" 2>&1; then
        missing[$thing]="Debian's packages could not be installed: $*"
    fi
}

# copy_sources TO: as they are, so that neither Cargo.lock nor the builds of this tree are touched.
copy_sources() {
    rm -rf "$1"
    mkdir "$1"
    git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --preserve=timestamps -t "$1"
}

# Of what is not ours only that is optimised which the kernels are made of.
light_cargo() { debian_cargo "$1" --config "$work/light.toml" "${@:2}"; }

# compare DIGESTS FUSED LEFT_OUT: a machine's digests with ours, where its Fast has the bits of our FUSED.
compare() {
    local digests=$1 fused=$2 left_out=$3
    head -n 1 "$digests"
    # Any backend's will do for Exact, and the reference is one.
    diff --unified=0 --label "this machine" --label "the other" \
        <({ grep '^scalar' "$host" && sed -n "s/^$fused fast/wide fast/p" "$host" && grep '^wide exact' "$host"; } \
            | grep -v " $left_out ") \
        <(sed 1d "$digests" | grep -v " $left_out ")
}

# The digests of this machine, each judged.
here() {
    cargo test --config "$work/light.toml" -p sigmoid-digests
    cargo build --config "$work/light.toml" -p sigmoid-digests
    "$CARGO_TARGET_DIR/debug/digests" >"$host"
    head -n 1 "$host"
    # On all backends alike.
    for operation in $(sed -n 's/^wide exact //p' "$host" | sed 's/ [^ ]*$//; s/ /,/g'); do
        grep " exact ${operation//,/ } " "$host" | sed 's/.* //' | uniq | wc -l | grep -qx 1
    done
}

# x86 CPU BACKENDS: an x86-64 CPU with these backends.
x86() {
    local cpu=$1 backends=$2 digests=$work/$1.digests
    qemu-x86_64 -cpu "$cpu" "$CARGO_TARGET_DIR/debug/digests" >"$digests"
    head -n 1 "$digests"
    head -n 1 "$digests" | grep -q "fastest is ${backends##*|};"
    diff --unified=0 --label "this machine" --label "$cpu" <(grep -E "^($backends) " "$host") <(sed 1d "$digests")
}

# linux TARGET EMULATOR FUSED LEFT_OUT [OPTIONS_OF_TESTS...]: the tests, and the digests.
linux() {
    local target=$1 emulator=$2 fused=$3 left_out=$4 architecture=${1%%-*} upper
    upper=${target//-/_}
    export "CARGO_TARGET_${upper^^}_LINKER=$architecture-linux-gnu-gcc"
    export "CARGO_TARGET_${upper^^}_RUNNER=$emulator -L /usr/$architecture-linux-gnu"
    # (Of builds in one folder only one goes on at a time.)
    export CARGO_TARGET_DIR=$work/build/$target
    cd "$work/tree"
    local tests=(light_cargo test --no-fail-fast -Zbuild-std=std,panic_unwind,test --target "$target" -p sigmoid)
    export SIGMOID_TESTS_THINNED=16 PROPTEST_CASES=16
    # (The unit tests are another build of the library: what they look at, registers and walks, is in the smallest.)
    # (What is derived or promised is the same everywhere, and nothing is streamed where `wide` is the only backend.)
    "${tests[@]}" --lib --no-default-features --features std -- --skip derivation "${@:5}"
    "${tests[@]}" --features half --test '*' -- --skip derivation --skip promise --skip streamed_results "${@:5}"
    # With the features that the tests have: the library is built once.
    light_cargo build -Zbuild-std=std,panic_unwind,test --target "$target" -p sigmoid-digests \
        --features sigmoid/default,sigmoid/half
    "$emulator" -L "/usr/$architecture-linux-gnu" "$CARGO_TARGET_DIR/$target/debug/digests" \
        >"$work/$target.digests"
    compare "$work/$target.digests" "$fused" "$left_out"
}

# bare TARGET RUNNER LEFT_OUT [RUSTFLAGS]: without an operating system, linked by the toolchain's own linker.
bare() {
    local target=$1 runner=$2 left_out=$3 upper digests program features=() flags=${4:-}
    upper=${target//-/_}
    export "CARGO_TARGET_${upper^^}_LINKER=$rust_lld" "CARGO_TARGET_${upper^^}_RUSTFLAGS=$flags"
    # One target with other flags is another.
    flags=${flags//[^a-z0-9]/}
    export CARGO_TARGET_DIR=$work/build/$target${flags:+-$flags}
    if [ "$left_out" = nothing ]; then features=(--features dense); fi
    cd "$work/tree"
    light_cargo build -Zbuild-std=core --target "$target" -p sigmoid-digests --no-default-features "${features[@]}"
    program=$CARGO_TARGET_DIR/$target/debug/digests
    if [ -f "$program.wasm" ]; then program=$program.wasm; fi
    digests=$work/$target${flags:+-$flags}.digests
    # (The runner has arguments.)
    $runner "$program" >"$digests"
    compare "$digests" wide "$left_out"
    echo "# $(stat --format %s "$program") bytes"
}

# 32-bit x86 without SSE2 must not build, and say why.
refused() {
    cd "$work/tree"
    if light_cargo check -Zbuild-std=core --target i586-unknown-linux-gnu -p sigmoid --no-default-features \
        >"$work/logs/refusal" 2>&1; then
        echo "it builds"
        return 1
    fi
    cat "$work/logs/refusal"
    grep -q "needs SSE2" "$work/logs/refusal"
    # That, and nothing after it.
    grep -c '^error: ' "$work/logs/refusal"
}

# The kernels with every access to memory looked at.
sanitized() {
    cd "$work/tree"
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address PROPTEST_CASES=64 cargo test --config "$work/light.toml" \
        --target x86_64-unknown-linux-gnu --target-dir "$work/build/asan" -p sigmoid --test together -- \
        activations guard_pages nan properties streaming
}

# The oldest dependencies that the manifests allow: everything but the comparison with other libraries and what
# stands beside them builds, and the results are the same.
oldest() {
    copy_sources "$work/oldest"
    cd "$work/oldest"
    rm -r Cargo.lock integrations peers
    sed -i -e 's/"integrations\/\*", //' -e 's/"peers", //' Cargo.toml
    RUSTC_BOOTSTRAP=1 cargo generate-lockfile -Z direct-minimal-versions
    cargo check --workspace
    cargo build --target-dir "$work/build/oldest" -p sigmoid-digests
    "$work/build/oldest/debug/digests" >"$work/oldest.digests"
    diff --unified=0 "$host" "$work/oldest.digests"
}

if [ "$(uname -m)" != x86_64 ] || ! command -v apt-get >/dev/null; then
    echo "SKIPPED: the other machines, which need apt-get and x86-64"
    exit 0
fi
source scripts/debian_compiler.sh

if ! "${root[@]}" apt-get update -o Acquire::Retries=3 >"$work/logs/update.log" 2>&1; then
    echo "Debian's lists of packages could not be fetched anew: those that are here must do"
fi
install emulator qemu-user
install aarch64 gcc-aarch64-linux-gnu libc6-dev-arm64-cross
install i686 gcc-i686-linux-gnu libc6-dev-i386-cross
install s390x gcc-s390x-linux-gnu libc6-dev-s390x-cross
command -v node >/dev/null || install node nodejs
if ! (unpack_compiler) >"$work/logs/unpack_compiler.log" 2>&1; then
    missing[compiler]="Debian's Rust compiler could not be unpacked: see $work/logs/unpack_compiler.log"
fi
[ -x "$rust_lld" ] || missing[linker]="the toolchain has no rust-lld"
compgen -G "$toolchain/lib/librustc*_rt.asan.a" >/dev/null || missing[asan]="the toolchain has no AddressSanitizer"
grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo || missing[avx2]="this CPU has no AVX2 to compare with"
printf 'installed (%d s)\n' "$SECONDS"

host=$work/host.digests
cat >"$work/light.toml" <<'END'
[profile.dev.package."*"]
opt-level = 0
[profile.dev.package.wide]
opt-level = 2
[profile.dev.package.libm]
opt-level = 2
# Where there is no f64 it is what computes, and 15 times as slow otherwise.
[profile.dev.package.compiler_builtins]
opt-level = 2
END
# Criterion and its benches would take a third of each build; each test program takes as long to build as to run.
copy_sources "$work/tree"
(
    cd "$work/tree"
    tests=(tests/*.rs)
    echo '//! The tests.' >tests/together.rs
    for test in "${tests[@]}"; do
        test=$(basename "$test" .rs)
        case $test in
            # They look at the whole process.
            allocation | floating_point_environment | no_pool | no_threads)
                printf '\n[[test]]\nname = "%s"\n' "$test" >>Cargo.toml ;;
            *) printf '#[path = "%s.rs"]\nmod %s;\n' "$test" "$test" >>tests/together.rs ;;
        esac
    done
    printf '\n[[test]]\nname = "together"\n' >>Cargo.toml
    rm -r benches capi cli integrations measure peers python
    sed -i -e '/^criterion = /d' -e '/^\[\[bench\]\]/,/^$/d' -e '/^default-members/d' \
        -e '/^edition = /a autotests = false' \
        -e 's/^members = .*/members = [".", "conformance", "scripts\/other_machines"]/' Cargo.toml
)

# Every other part compares with this one.
wanted+=(${wanted[@]:+this machine})
part "this machine" "" here
wait
if [ -n "$(those_that failed)" ]; then exit 1; fi

# What takes longest begins first.
# (QEMU 7.2 takes the first operand of MDEBR, the product of two f32 in f64, for an f64: Exact f32 backward, the
# references of products and the truths that tests compute of them are wrong under it. These are the digests and the
# tests that meet it.)
part s390x-unknown-linux-gnu "compiler emulator s390x" linux s390x-unknown-linux-gnu qemu-s390x wide \
    "exact f32 backward" --skip f32_backward --skip gates --skip logarithms --skip tangents
part nehalem "emulator" x86 Nehalem "scalar|wide"
part haswell "emulator avx2" x86 Haswell "scalar|wide|avx2"
part aarch64-unknown-linux-gnu "compiler emulator aarch64 avx2" \
    linux aarch64-unknown-linux-gnu qemu-aarch64 avx2 nothing
part i686-unknown-linux-gnu "compiler emulator i686" linux i686-unknown-linux-gnu qemu-i386 wide nothing
part riscv64gc-unknown-none-elf "compiler emulator linker" bare riscv64gc-unknown-none-elf qemu-riscv64 nothing
# None of these has f64, and two have no registers for vectors although their architecture has.
part aarch64-unknown-none-softfloat "compiler emulator linker" bare aarch64-unknown-none-softfloat qemu-aarch64 dense
part thumbv7em-none-eabihf "compiler emulator linker" bare thumbv7em-none-eabihf "qemu-arm -cpu max" dense
part x86_64-unknown-none "compiler linker" bare x86_64-unknown-none env dense -Crelocation-model=static
wasm=(bare wasm32-unknown-unknown "node scripts/other_machines/run.mjs" nothing)
part wasm32-unknown-unknown "compiler linker node" "${wasm[@]}" -Clink-arg=--export=start
part wasm32-unknown-unknown+simd128 "compiler linker node" \
    "${wasm[@]}" "-Clink-arg=--export=start -Ctarget-feature=+simd128"
part i586-unknown-linux-gnu "compiler" refused
part asan "asan" sanitized
part oldest-dependencies "" oldest

wait
printf '%d parts passed, %d skipped (%d s)\n' \
    "$(those_that passed | wc -l)" "$(those_that skipped | wc -l)" "$SECONDS"
if [ -n "$(those_that failed)" ]; then
    echo "failed:" $(those_that failed)
    exit 1
fi
