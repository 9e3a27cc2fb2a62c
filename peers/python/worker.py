"""One contender in a process of its own, which does what bench.py says.

Started with a contender's name and a number of threads. It reads a request a line from its standard input,
a list in JSON whose first item is one of the methods of Worker, and answers a line in JSON on what was its
standard output. So each library has its own interpreter, environment and pool of threads, and bench.py can
still take its samples in turn.
"""

import gc
import itertools
import json
import os
import sys
import time

import numpy as np

import contenders
import halves


class Worker:
    def __init__(self, name, threads):
        self.contender = contenders.ALL[name](threads)
        self.x = self.second = self.call = self.results_of = None
        self.in_place = False

    def hello(self):
        return {"version": self.contender.version, "python": sys.version.split()[0]}

    def prepare(self, op, dtype, data, elements):
        """Makes the arrays of a list of files, an input each, and calls once. False if the library cannot."""
        self.drop()
        inputs = [np.load(path, mmap_mode="r")[:elements] for path in data]
        if any(len(x) != elements for x in inputs):
            raise ValueError(f"{data} have less than {elements} elements")
        self.x, self.second = [halves.from_single(x, dtype) for x in inputs] + [None] * (2 - len(inputs))
        kernel = self.contender.kernel(op, self.x, self.second)
        if kernel is None:
            self.drop()
            return False
        self.call, self.results_of = kernel
        self.in_place = op == "forward-in-place"
        self.call()
        return True

    def sample(self, calls, warm):
        """Nanoseconds that so many calls take."""
        call, clock = self.call, time.perf_counter_ns
        if self.in_place:
            np.copyto(self.results_of(), self.x)
        if warm and not self.in_place:
            call()
        loop = itertools.repeat(None, calls)
        gc.disable()
        start = clock()
        for _ in loop:
            call()
        end = clock()
        gc.enable()
        return end - start

    def store(self, path):
        """Writes the last results to a file."""
        save(path, self.results_of())

    def answers(self, op, dtype, questions, slices, path):
        """Writes the results for all slices of a file to another, a call each. False if the library cannot. Half
        precision stands in the files as uint16."""
        # NumPy says on the terminal what the formula does to far-out inputs.
        np.seterr(all="ignore")
        x, slices = np.load(questions).view(halves.ARRAYS[dtype]), np.load(slices)
        total = int(slices[:, 0].sum())
        inputs = len(x) // total
        y = np.empty(total, x.dtype)
        rooms = [behind_boundary(sum(slices.max(axis=0)), x.dtype) for _ in range(inputs)]
        end = 0
        for length, offset in slices.tolist():
            begin, end = end, end + length
            parts = [room[offset : offset + length] for room in rooms]
            for i, part in enumerate(parts):
                part[:] = x[inputs * begin + i * length :][:length]
            kernel = self.contender.kernel(op, *parts, *[None] * (2 - inputs))
            if kernel is None:
                return False
            call, results_of = kernel
            call()
            y[begin:end] = results_of()
        save(path, y)
        return True

    def drop(self):
        self.x = self.second = self.call = self.results_of = None
        gc.collect()
        return None


def save(path, results):
    """Writes results to a file, as `answers` says."""
    np.save(path, results.view(np.uint16) if results.dtype.itemsize == 2 else results)


def behind_boundary(elements, dtype):
    """An array that begins at a multiple of 64 bytes."""
    room = np.empty(elements + 64 // dtype.itemsize, dtype)
    return room[-room.ctypes.data % 64 // dtype.itemsize :]


def main():
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        worker = Worker(sys.argv[1], int(sys.argv[2]))
    except ImportError as error:
        answer({"missing": str(error)})
        return
    answer(worker.hello())
    for line in sys.stdin:
        method, *arguments = json.loads(line)
        try:
            answer({"value": getattr(worker, method)(*arguments)})
        except Exception as error:  # whatever a library raises is for bench.py to show
            answer({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
