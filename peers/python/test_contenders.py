"""Runs each Python contender once on a small input, and holds it against the truth: a test, not a timing.

The truth is computed here, in decimal arithmetic, which shares nothing with any of the contenders. Each is
called in the way in which bench.py times it and in the way in which it is judged.
"""

import decimal
import pathlib
import sys
import tempfile

import numpy as np

import bench
import contenders
import halves

# Far more digits than any result has.
decimal.getcontext().prec = 80

OPERATIONS = ["forward-in-place", *bench.JUDGED]

BY_MODELS = ["forward", "silu", "swiglu", "softplus", "log-sigmoid"]


def in_both(operations, **in_half):
    """The same operations in both formats, and those in half precision."""
    return {"float32": operations, "float64": operations, **in_half}


# What each contender computes, by format: one that loses an operation, or gains one, is not as the tables have it.
COMPUTES = {
    "NumPy": in_both(OPERATIONS),
    "SciPy": in_both(["forward", "forward-in-place", "softplus", "log-sigmoid"]),
    "PyTorch": in_both(OPERATIONS, bfloat16=bench.JUDGED_IN_HALF),
    "PyTorch avx512": in_both(OPERATIONS, bfloat16=bench.JUDGED_IN_HALF),
    "ONNX Runtime": {"float32": BY_MODELS, "float64": ["forward", "silu", "swiglu"]},
    "LiteRT": {"float32": ["forward", "silu", "swiglu"]},
    "OpenVINO": {"float32": BY_MODELS},
    "JAX": in_both(bench.JUDGED, bfloat16=bench.JUDGED_IN_HALF, float16=bench.JUDGED_IN_HALF),
}

# What the results of all are held to in half precision, where errors are counted number by number anyway.
IN_HALF = contenders.Tolerance(4, 2, "a formula in the arithmetic of the format")

# From -80 to 80, where all results are normal numbers in both formats; and a length that fills no register
# evenly. As in peers/tests/contenders.rs.
INPUTS = (np.arange(1603) - 801) * 0.0999

# The second inputs: labels among them.
SECOND = np.arange(1603) % 17 / 16

# The same as contenders are judged, cut into slices: lengths, and offsets from a boundary of 64 bytes.
SLICES = [[1500, 0], [96, 3], [7, 1]]


class Wrong(Exception):
    """A result that is too far from the truth."""


def truth(op, x, second):
    """The value at the floats that x and the second input are."""
    x, second = decimal.Decimal(x), decimal.Decimal(second)
    e = (-abs(x)).exp()
    s = (e if x < 0 else 1) / (1 + e)
    softplus = max(x, 0) + (1 + e).ln()
    return {
        "forward": s,
        "forward-in-place": s,
        "derivative": e / (1 + e) ** 2,
        "silu": x * s,
        "swiglu": x * s * second,
        "softplus": softplus,
        "log-sigmoid": x - softplus,
        "bce-with-logits": softplus - x * second,
    }[op]


def check(peer, op, x, second, results):
    """The largest error as a part of the one that is allowed, if the results are those of x."""
    tolerance = IN_HALF if x.dtype.itemsize == 2 else peer.kind.tolerance(op)
    epsilon = halves.spacing(1.0, x.dtype)
    if (results.dtype, results.shape) != (x.dtype, x.shape):
        raise Wrong(f"{op}: {results.dtype} {results.shape} for {x.dtype} {x.shape}")
    largest = 0.0
    for x, second, result in zip(halves.to_double(x), halves.to_double(second), results):
        exact = truth(op, float(x), float(second))
        ulp = halves.spacing(float(exact), results.dtype)
        error = float(abs(decimal.Decimal(float(halves.to_double(result))) - exact))
        allowed = max(tolerance.ulp * ulp, tolerance.absolute * epsilon)
        # Not `error > allowed`: NaN is wrong too.
        if not error <= allowed:
            raise Wrong(
                f"{op} {results.dtype} at {x}: {result} for {exact:.9}, off by {error / ulp:.3g} ULP or "
                f"{error / epsilon:.3g} epsilons; {tolerance.ulp} or {tolerance.absolute} are allowed ({tolerance.why})"
            )
        largest = max(largest, error / allowed)
    return largest


def parts_of(inputs):
    """The inputs of each slice, as questions have them: all first ones, then all second ones."""
    end = 0
    for length, _ in SLICES:
        begin, end = end, end + length
        yield [numbers[begin:end] for numbers in inputs]


def run(peer, folder):
    """Checks all that a contender can do, and says what that is."""
    names = ["x", "second", "asked", "slices", "timed", "judged"]
    given, other, asked, slices, timed, judged = [str(folder / f"{name}.npy") for name in names]
    np.save(slices, np.array(SLICES))
    done = []
    for op in OPERATIONS:
        for dtype in bench.DTYPES.values():
            if dtype not in ["float32", "float64"] and op not in bench.JUDGED_IN_HALF:
                continue
            x, second = [halves.from_single(numbers, dtype) for numbers in (INPUTS, SECOND)]
            inputs = [x, second] if op in bench.OF_TWO else [x]
            files = [given, other][: len(inputs)]
            for file, numbers in zip(files, inputs):
                np.save(file, halves.to_double(numbers))
            able = peer.ask("prepare", op, dtype, files, len(x))
            if able != (op in COMPUTES[peer.name].get(dtype, [])):
                raise Wrong(f"{op} {dtype}: it {'can, and should not' if able else 'is lost'}")
            if not able:
                continue
            peer.ask("sample", 1, False)
            peer.ask("store", timed)
            np.save(asked, np.concatenate([part for slice in parts_of(inputs) for part in slice]))
            if not peer.ask("answers", op, dtype, asked, slices, judged):
                raise Wrong(f"{op} {dtype}: it answers nothing")
            found = [np.load(results).view(x.dtype) for results in [timed, judged]]
            largest = max(check(peer, op, x, second, results) for results in found)
            done.append(f"{op} {dtype} {largest:.0%}")
    return ", ".join(done)


def lacks(kind):
    """Whether the CPU lacks instructions that a contender asks for."""
    flags = set(pathlib.Path("/proc/cpuinfo").read_text().split())
    return not getattr(kind, "instructions", set()) <= flags


def main():
    passed, failed, skipped = 0, 0, 0
    print("The largest errors, as parts of those that are allowed:")
    for name, kind in contenders.ALL.items():
        if lacks(kind):
            print(f"{name} is SKIPPED: not for this CPU")
            skipped += 1
            continue
        try:
            peer = bench.Peer(name, 1)
            with tempfile.TemporaryDirectory() as folder:
                print(f"{peer.version}: {run(peer, pathlib.Path(folder))}")
            peer.close()
            passed += 1
        except (Wrong, bench.Missing, bench.Failure) as failure:
            print(f"{name} FAILED: {failure}")
            failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
