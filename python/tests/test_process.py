"""What else is in the process: warnings, threads, forks, the interpreter's lock."""

import os
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
import sigmoid
from truth import NAMES, UFUNCS, inputs


def run(script):
    """In a process of its own, which must come to an end."""
    command = [sys.executable, "-W", "ignore", "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_nothing_warns():
    special = np.array([np.nan, -np.nan, np.inf, -np.inf, 0, -0.0, 1e300, -1e300, 5e-324, -745, 709, 2, -1])
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        for ufunc in UFUNCS:
            for dtype in ["float64", "float32", "float16"]:
                with np.errstate(all="ignore"):
                    x = special.astype(dtype)
                for source in [x, x[::-2], np.repeat(x, 500)]:
                    arguments = [source] if ufunc.nin == 1 else [source, source[::-1]]
                    ufunc(*arguments)
                    ufunc(*[a.copy() for a in arguments], out=source.copy())
                for number in x:
                    ufunc(*[number] * ufunc.nin)


def test_warnings_of_casts_stay():
    with pytest.warns(RuntimeWarning, match="overflow encountered in cast|overflow"):
        sigmoid.sigmoid(np.full(20_000, 1e300), dtype="float32", casting="same_kind")


def test_threads_have_the_same_bits():
    assert sigmoid.get_num_threads() == 1
    try:
        for name in NAMES:
            for dtype in ["float16", "float32", "float64"]:
                ufunc = getattr(sigmoid, name)
                x = inputs(name, 1_500_001, dtype)
                sigmoid.set_num_threads(1)
                alone = ufunc(*x)
                sigmoid.set_num_threads(3)
                assert ufunc(*x).tobytes() == alone.tobytes(), (name, dtype)
                assert ufunc(*x, out=x[-1]).tobytes() == alone.tobytes(), (name, dtype)
    finally:
        sigmoid.set_num_threads(1)


def test_threads_where_results_bypass_the_caches():
    """From 32 MiB of output on."""
    x = np.linspace(-20, 20, 5_000_001)
    alone = sigmoid.sigmoid(x)
    try:
        sigmoid.set_num_threads(2)
        assert sigmoid.sigmoid(x).tobytes() == alone.tobytes()
        assert sigmoid.sigmoid(x, out=x).tobytes() == alone.tobytes()
    finally:
        sigmoid.set_num_threads(1)


def test_number_of_threads():
    for wrong, error in [(0, ValueError), (-1, OverflowError), (1.5, TypeError), ("2", TypeError)]:
        with pytest.raises(error):
            sigmoid.set_num_threads(wrong)
    assert sigmoid.get_num_threads() == 1


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads by /proc")
def test_threads_only_when_asked():
    script = """
import os, time
import numpy as np, sigmoid
count = lambda: len(os.listdir("/proc/self/task"))
before = count()
x = np.zeros(1 << 22)
sigmoid.sigmoid(x)
print(count() - before)
sigmoid.set_num_threads(3)
sigmoid.sigmoid(x)
print(count() - before)
sigmoid.set_num_threads(1)
sigmoid.sigmoid(x)
for _ in range(500):
    if count() == before:
        break
    time.sleep(0.01)
print(count() - before)
"""
    assert run(script) == ["0", "3", "0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_stays_on_one_thread():
    script = """
import os
import numpy as np, sigmoid
x = np.linspace(-9, 9, 1 << 21)
sigmoid.set_num_threads(3)
expected = sigmoid.sigmoid(x)
child = os.fork()
if child == 0:
    right = sigmoid.get_num_threads() == 1 and np.array_equal(sigmoid.sigmoid(x), expected)
    sigmoid.set_num_threads(1)
    try:
        sigmoid.set_num_threads(2)
    except RuntimeError:
        os._exit(0 if right and np.array_equal(sigmoid.sigmoid(x), expected) else 1)
    os._exit(2)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), sigmoid.get_num_threads(), np.array_equal(sigmoid.sigmoid(x), expected))
"""
    assert run(script) == ["0", "3", "True"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_of_a_process_without_threads_may_have_some():
    script = """
import os
import numpy as np, sigmoid
child = os.fork()
if child == 0:
    sigmoid.set_num_threads(2)
    os._exit(0 if np.all(sigmoid.sigmoid(np.zeros(1 << 21)) == 0.5) else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert run(script) == ["0"]


def test_many_threads_of_python():
    """The number of threads changes while others compute."""
    x = np.linspace(-20, 20, 600_000, dtype="float32")
    expected = sigmoid.sigmoid(x).tobytes()
    wrong = []

    def work():
        for _ in range(20):
            if sigmoid.sigmoid(x).tobytes() != expected:
                wrong.append(1)

    workers = [threading.Thread(target=work) for _ in range(4)]
    try:
        for worker in workers:
            worker.start()
        for n in [2, 1, 3, 2, 1] * 4:
            sigmoid.set_num_threads(n)
            time.sleep(0.002)
        for worker in workers:
            worker.join()
    finally:
        sigmoid.set_num_threads(1)
    assert not wrong


def test_the_lock_is_released():
    """While one thread computes, another one counts."""
    x = np.full(1 << 23, 0.3)
    out = np.zeros_like(x)
    began, done = threading.Event(), threading.Event()

    def work():
        began.set()
        for _ in range(10):
            sigmoid.sigmoid_exact(x, out=out)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    began.wait()
    counted = 0
    while not done.is_set():
        counted += 1
        time.sleep(0.0005)
    worker.join()
    # If a call held the lock, the turn to count would come between two calls only.
    assert counted > 30
