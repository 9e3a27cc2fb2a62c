#!/usr/bin/env bash
# All that must hold of the C library: it is installed into a temporary folder, and programs find it there.
#
#     capi/check.sh             # installs Debian packages if run by root, or with CI=true
#     capi/check.sh --install   # installs them by sudo that does not ask
#
# Without leave to install, what is not there must be: gcc, g++, make, pkg-config, cmake, valgrind, python3.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== C: %s (after %d s)\n' "$*" "$SECONDS"; }

export CARGO_INCREMENTAL=0

missing=()
for need in gcc:gcc g++:g++ make:make pkg-config:pkg-config cmake:cmake valgrind:valgrind python3:python3; do
    command -v "${need%:*}" >/dev/null || missing+=("${need#*:}")
done
if [ ${#missing[@]} != 0 ]; then
    root=
    if [ "$(id -u)" != 0 ]; then root="sudo -n"; fi
    if ! [ "$(id -u)" = 0 ] && [ "${CI:-}" != true ] && [ "${1:-}" != --install ]; then
        echo "missing, and no leave to install: ${missing[*]}" >&2
        exit 1
    fi
    step "packages: ${missing[*]}"
    $root apt-get update -o Acquire::Retries=3
    export DEBIAN_FRONTEND=noninteractive
    $root apt-get install -o Acquire::Retries=3 --yes --no-install-recommends "${missing[@]}"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

step "licences of what is linked"
../scripts/third_party.py sigmoid-capi capi --check

step "make install"
make --no-print-directory install PREFIX="$prefix"
# The same below another root, as packages are made: no file names that root.
make --no-print-directory install PREFIX=/usr DESTDIR="$work/root" >/dev/null
if grep -rIl "$work/root" "$work/root"; then echo "a file names DESTDIR" >&2; exit 1; fi
test -e "$work/root/usr/lib/libsigmoid.so"

step "symbols"
exported() { nm "$@" --defined-only --extern-only | awk 'NF == 3 { print $3 }' | sort -u; }
exported -D "$prefix/lib/libsigmoid.so" > "$work/shared"
exported "$prefix/lib/libsigmoid.a" > "$work/static"
if grep -v '^sigmoid_' "$work/shared" "$work/static"; then echo "symbols without our prefix" >&2; exit 1; fi
cmp "$work/shared" "$work/static"
grep -o 'sigmoid_[a-z0-9_]*(' include/sigmoid.h | tr -d '(' | sort -u | cmp - "$work/shared"
readelf -d "$prefix/lib/libsigmoid.so" | grep 'SONAME.*\[libsigmoid.so.0\]'
echo "$(wc -l < "$work/shared") functions: those of the header, and no other symbol in either library"

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
strict=(-O1 -g -Wall -Wextra -Werror -pedantic)
read -ra flags <<< "$(pkg-config --cflags --libs sigmoid)"
read -ra whole <<< "$(pkg-config --cflags --libs --static sigmoid | sed 's/-lsigmoid/-l:libsigmoid.a/')"
sanitize=(-fsanitize=address,undefined -fno-sanitize-recover=all)

step "by pkg-config: C and C++, shared, static, and with sanitizers"
gcc -std=c11 "${strict[@]}" tests/test.c -o "$work/c" "${flags[@]}" -lm &
g++ -std=c++17 "${strict[@]}" tests/test.cpp -o "$work/cpp" "${flags[@]}" -lm
wait $!
gcc -std=c11 "${strict[@]}" tests/test.c -o "$work/c_static" "${whole[@]}" -lm &
gcc -std=c11 "${strict[@]}" "${sanitize[@]}" tests/test.c -o "$work/c_sanitized" "${flags[@]}" -lm
wait $!
g++ -std=c++17 "${strict[@]}" "${sanitize[@]}" tests/test.cpp -o "$work/cpp_sanitized" "${flags[@]}" -lm
# The tests call every function there is.
nm -D --undefined-only "$work/c" | awk '$2 ~ /^sigmoid_/ { print $2 }' | sort -u | cmp - "$work/shared"
for test in c cpp c_static c_sanitized cpp_sanitized; do
    echo "-- $test"
    "$work/$test" | tee "$work/$test.out"
done
if ldd "$work/c_static" | grep sigmoid; then echo "the static test is not static" >&2; exit 1; fi

step "under valgrind"
# What is not freed at the end is the pool of threads, which stays; it is reachable.
check=(valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite)
"${check[@]}" "$work/cpp" &
"${check[@]}" "$work/c" --brief | tee "$work/valgrind.out"
wait $!
# All that a call can answer came up in one of the two; but a defect of the library, which no call can provoke.
for status in 0 1 2 3 4 5 6 7 8 9 10; do
    if ! grep -hq "^statuses:.* $status\b" "$work"/c.out "$work/valgrind.out"; then
        echo "no test provoked status $status" >&2
        exit 1
    fi
done

step "by CMake"
cmake -S tests -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$work/cmake" --parallel 2 >/dev/null
env -u LD_LIBRARY_PATH ctest --test-dir "$work/cmake" --output-on-failure

step "what the README says"
snippet() { awk -v mark="^\`\`\`$1\$" '$0 ~ mark { inside = 1; next } /^```/ { inside = 0 } inside' README.md; }
{ echo '#include <stdio.h>'; snippet c | head -n 1; echo 'int main(void) {'; snippet c | tail -n +2; echo '}'; } \
    > "$work/readme.c"
{ echo '#include <vector>'; snippet cpp | head -n 1; echo 'int main() {'; snippet cpp | tail -n +2
  echo 'return loss != loss; }'; } > "$work/readme.cpp"
gcc -std=c11 "${strict[@]}" "$work/readme.c" -o "$work/readme_c" "${flags[@]}"
g++ -std=c++17 "${strict[@]}" "$work/readme.cpp" -o "$work/readme_cpp" "${flags[@]}"
"$work/readme_c"
"$work/readme_cpp"

step "the example"
gcc -std=c11 "${strict[@]}" examples/logistic_regression.c -o "$work/example" "${flags[@]}" -lm
awk 'BEGIN { srand(7); for (i = 0; i < 4000; i++) { x = rand() * 8 - 4; p = 1 / (1 + exp(1 - 2 * x));
             print (rand() < p), x } }' | "$work/example" | tee "$work/example.out"
awk '/^weights/ { exit !($2 > 1.8 && $2 < 2.2 && $3 > -1.2 && $3 < -0.8) }' "$work/example.out"
if echo "2, 3" | "$work/example" 2> "$work/message"; then echo "a label of 2 was taken" >&2; exit 1; fi
grep -q "the label must be 0 or 1" "$work/message"

step "all of it holds"
