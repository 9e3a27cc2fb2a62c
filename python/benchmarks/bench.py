"""Times the ufuncs beside what they would replace, in turn in one process, the least time of many rounds.

    python benchmarks/bench.py

PyTorch is timed where it is installed.
"""

import argparse
import time

import numpy as np
import sigmoid
from sigmoid import _sigmoid


def expit():
    from scipy import special

    return special.expit


def seconds(call, count):
    begin = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - begin) / count


def race(contenders, rounds, budget=2e-3):
    """The least seconds of each: contenders are asked in turn, as many times as fill the budget."""
    counts = {name: max(1, int(budget / seconds(call, 3))) for name, call in contenders.items()}
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, call in contenders.items():
            best[name] = min(best[name], seconds(call, counts[name]))
    return best


def show(title, best, ours, bars):
    print(f"\n{title}")
    for name, time_ in best.items():
        print(f"  {name:34} {time_ * 1e9:14,.0f} ns")
    for other, bar, faster in bars:
        if other not in best:
            continue
        if faster:
            ratio = best[other] / best[ours]
            print(f"  {ratio:.2f} times as fast as {other} (at least {bar}): {'met' if ratio >= bar else 'MISSED'}")
        else:
            ratio = best[ours] / best[other]
            print(f"  {ratio:.2f} times the time of {other} (at most {bar}): {'met' if ratio <= bar else 'MISSED'}")


def one_number(rounds, expit):
    x = np.float64(0.3)
    array = np.float64([0.3])
    for title, argument in [("one number, a NumPy scalar", x), ("one number, an array", array)]:
        contenders = {
            "sigmoid.sigmoid": lambda: sigmoid.sigmoid(argument),
            "scipy.special.expit": lambda: expit(argument),
        }
        show(title, race(contenders, rounds), "sigmoid.sigmoid", [("scipy.special.expit", 1.2, False)])


def a_slice(rounds, expit):
    x = np.random.default_rng(1).uniform(-10, 10, 1 << 16).astype("float32")
    y = np.empty_like(x)
    contenders = {
        "the Rust call": lambda: _sigmoid.seconds_of_slices(x, y, 1),
        "sigmoid.sigmoid, out=": lambda: sigmoid.sigmoid(x, out=y),
        "sigmoid.sigmoid": lambda: sigmoid.sigmoid(x),
        "scipy.special.expit, out=": lambda: expit(x, out=y),
    }
    best = race(contenders, rounds)
    # (Of the call itself, without that of the function that times it.)
    best["the Rust call"] = min(_sigmoid.seconds_of_slices(x, y, 16) / 16 for _ in range(20 * rounds))
    bars = [("the Rust call", 1.1, False), ("scipy.special.expit, out=", 10, True)]
    show("65,536 float32", best, "sigmoid.sigmoid, out=", bars)


def rows(rounds, expit):
    wide = np.random.default_rng(1).uniform(-10, 10, (1024, 256)).astype("float32")
    x, y = wide[:, :64], np.empty((1024, 64), "float32")
    contenders = {
        "sigmoid.sigmoid": lambda: sigmoid.sigmoid(x, out=y),
        "scipy.special.expit": lambda: expit(x, out=y),
    }
    best = race(contenders, rounds)
    show("1,024 rows of 64 of 256 float32", best, "sigmoid.sigmoid", [("scipy.special.expit", 5, True)])


def tensors(rounds):
    try:
        import torch
    except ImportError:
        print("\nPyTorch is not installed: left out")
        return
    for threads in (1, 2):
        torch.set_num_threads(threads)
        sigmoid.set_num_threads(threads)
        for count in (1 << 16, 1 << 20, 1 << 24):
            x = torch.empty(count).uniform_(-10, 10)
            contenders = {
                "sigmoid.sigmoid": lambda: sigmoid.sigmoid(x.numpy(), out=x.numpy()),
                "torch.sigmoid_": lambda: torch.sigmoid_(x),
            }
            title = f"{count:,} float32 of a tensor, in place, {threads} thread{'s' if threads > 1 else ''}"
            show(title, race(contenders, rounds), "sigmoid.sigmoid", [("torch.sigmoid_", 2, True)])
    sigmoid.set_num_threads(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    try:
        function = expit()
    except ImportError:
        print("SciPy is not installed: left out")
    else:
        one_number(rounds, function)
        a_slice(rounds, function)
        rows(rounds, function)
    tensors(rounds)


if __name__ == "__main__":
    main()
