"""Times the Python contenders and writes python.json, which `sigmoid-peers merge` puts into the report.

Each contender runs in a process of its own (worker.py). Samples are taken in turn, A B C A B C ..., while
all others wait. The data is what the Rust side wrote to peers/data, the lengths and the tables are its too,
and peers/src/record.rs says what python.json holds.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import contenders

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data"

# PyTorch is Debian's package, which belongs to the system's interpreter.
SYSTEM_PYTHON = "/usr/bin/python3"

# A call of one element is the overhead of a call. 2048, 64 Ki, 1 Mi and 64 Mi are the columns of the tables.
CURVE = [1, 64, 512, 2048, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26]
COLUMNS = [1, 2048, 1 << 16, 1 << 20, 1 << 26]
FAMILY = [1, 64, 4096, 1 << 16, 1 << 20]

# What has two inputs.
OF_TWO = ["swiglu", "bce-with-logits"]

# What is judged.
JUDGED = ["forward", "derivative", "silu", "swiglu", "softplus", "log-sigmoid", "bce-with-logits"]

# What is judged in half precision.
JUDGED_IN_HALF = ["forward", "silu"]

# The tables of peers/src/session.rs: operation, format, whether all threads.
WORKS = [
    ("forward", "f32", False, CURVE),
    ("forward-in-place", "f32", False, COLUMNS),
    ("derivative", "f32", False, COLUMNS),
    ("forward", "f64", False, COLUMNS),
    ("derivative", "f64", False, COLUMNS),
    ("forward", "f32", True, COLUMNS),
    ("derivative", "f32", True, COLUMNS),
    ("silu", "f32", False, FAMILY),
    ("swiglu", "f32", False, FAMILY),
    ("softplus", "f32", False, FAMILY),
    ("log-sigmoid", "f32", False, FAMILY),
    ("bce-with-logits", "f32", False, FAMILY),
    ("forward", "bf16", False, FAMILY),
    ("silu", "bf16", False, FAMILY),
    ("forward", "f16", False, FAMILY),
    ("silu", "f16", False, FAMILY),
]

# NumPy's names of the formats, if it had them all.
DTYPES = {"f32": "float32", "f64": "float64", "bf16": "bfloat16", "f16": "float16"}

# The time that a sample takes at least, in nanoseconds: a clock's tick is nothing beside it.
SAMPLE = 200_000
SAMPLE_OF_THREADS = 2_000_000

# Calls that take less are preceded by one that is not timed: longer ones work on more than the caches hold.
WARMED = 2_000_000

# The fewest and the most samples of each contender.
ROUNDS = (5, 101)

# Pools of threads go on spinning for a while after a call, in case another one follows. With several threads
# the next contender waits until they sleep. In seconds.
REST = 0.01

# Where the libraries look for a number of threads.
THREAD_VARIABLES = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]


class Failure(Exception):
    """What the user reads."""


class Missing(Exception):
    """A library that is not installed, or not for this CPU."""


class Peer:
    """A contender's process."""

    def __init__(self, name, threads):
        self.name, self.kind, self.threads = name, contenders.ALL[name], threads
        torch = issubclass(self.kind, contenders.PyTorch)
        environment = dict(os.environ, **getattr(self.kind, "environment", {}))
        environment.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON if torch else sys.executable, HERE / "worker.py", name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        hello = self.answer()
        if "missing" in hello:
            raise Missing(hello["missing"])
        self.version, self.python = hello["version"], hello["python"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"{self.name}: its process ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, *request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.answer()
        if "error" in answer:
            raise Failure(f"{self.name}: {request}: {answer['error']}")
        return answer["value"]

    def calls(self, long_enough):
        """As many calls as make a sample long enough, and whether one that is not timed comes first."""
        calls, warm = 1, self.ask("sample", 1, False) < WARMED
        while self.ask("sample", calls, warm) < long_enough:
            calls *= 2
        return calls, warm

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start(names, threads):
    """The processes of the contenders that are installed and can use so many threads."""
    peers = []
    for name in names:
        if threads > 1 and not contenders.ALL[name].many_threads:
            continue
        try:
            peers.append(Peer(name, threads))
        except Missing as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
    return peers


def times(peers, op, dtype, elements, budget):
    """The samples of each contender that can, in ns a call, by name."""
    threads = max((peer.threads for peer in peers), default=1)
    data = [str(DATA / f"{name}_f32.npy") for name in (["x", "second"] if op in OF_TWO else ["x"])]
    able = [peer for peer in peers if peer.ask("prepare", op, DTYPES[dtype], data, elements)]
    series = {peer: peer.calls(SAMPLE_OF_THREADS if threads > 1 else SAMPLE) for peer in able}
    samples = {peer: [] for peer in able}
    spent = 0
    for turn in range(ROUNDS[1]):
        if turn >= ROUNDS[0] and spent >= budget:
            break
        for peer, (calls, warm) in series.items():
            if threads > 1:
                time.sleep(REST)
            took = peer.ask("sample", calls, warm)
            spent += took
            samples[peer].append(took / calls)
    for peer in able:
        peer.ask("drop")
    return samples


def measure(peers, works, budget):
    """The rows of all works, which use the same number of threads."""
    rows = []
    for op, dtype, _, sizes in works:
        overhead = {}
        for elements in sizes:
            progress(f"{op} {dtype}, {peers[0].threads} threads, {elements} elements")
            for peer, samples in times(peers, op, dtype, elements, budget).items():
                median, minimum = statistics.median(samples), min(samples)
                if elements == 1:
                    overhead[peer] = median
                rows.append(
                    {
                        "peer": peer.name,
                        "version": peer.version,
                        "op": op,
                        "dtype": dtype,
                        "threads": peer.threads,
                        "elements": elements,
                        "median_ns": median,
                        "minimum_ns": minimum,
                        "samples": len(samples),
                        "note": f"{peer.kind.note}. A call of one element takes {overhead[peer]:,.0f} ns, "
                        "which is a part of every time",
                    }
                )
    return rows


def results(peers, folder):
    """What each contender answers to peers/src/questions.rs: files, for the Rust side to judge."""
    found = []
    target = DATA / "results"
    target.mkdir(exist_ok=True)
    judged = [(op, "f32") for op in JUDGED]
    judged += [(op, dtype) for op in JUDGED_IN_HALF for dtype in ["bf16", "f16"]]
    for peer in peers:
        for op, dtype in judged:
            progress(f"results of {peer.name}")
            of = op if dtype == "f32" else f"{op}_{dtype}"
            path = target / f"{peer.name.lower().replace(' ', '_')}_{of}.npy"
            asked = [str(DATA / f"{what}_{of}.npy") for what in ["questions", "slices"]]
            if peer.ask("answers", op, DTYPES[dtype], *asked, str(path)):
                file = os.path.relpath(path, folder)
                found.append({"peer": peer.name, "version": peer.version, "op": op, "dtype": dtype, "file": file})
    return found


def facts(peers, quick):
    """What the reader must know of the machine and the day."""
    day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    pythons = sorted({(peer.python, "PyTorch" in peer.name) for peer in peers})
    rows = [["day", day], ["effort", "quick" if quick else "full"]]
    for version, torch in pythons:
        rows.append(["Python of PyTorch" if torch else "Python", version])
    if any("PyTorch" in peer.name for peer in peers):
        package = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Version}", "python3-torch"], capture_output=True, text=True
        )
        rows.append(["package of PyTorch", f"Debian's python3-torch {package.stdout or 'unknown'}"])
    rows.append(["flags", "none but `ATEN_CPU_CAPABILITY=avx512` where the name says avx512"])
    return rows


def progress(text):
    """Says what is being done, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def timed(options):
    """Times and results of all, as python.json holds them."""
    budget = 300_000_000 if options.quick else 3_000_000_000
    works = [(op, dtype, many, [n for n in sizes if n <= options.longest]) for op, dtype, many, sizes in WORKS]
    run = {"source": "Python", "measurements": []}
    for many in [False, True]:
        threads = len(os.sched_getaffinity(0)) if many else 1
        if many and threads == 1:
            break
        peers = start(options.only, threads)
        if not peers:
            continue
        chosen = [work for work in works if work[2] == many]
        run["measurements"] += measure(peers, chosen, budget)
        if not many:
            run["facts"] = facts(peers, options.quick)
            run["results"] = results(peers, options.out)
        for peer in peers:
            peer.close()
    if not run["measurements"]:
        raise Failure("none of the libraries is installed: run peers/python/setup.sh")
    return run


def judged(options):
    """What python.json holds, with new results."""
    run = json.loads((options.out / "python.json").read_text())
    peers = start(options.only, 1)
    names = {peer.name for peer in peers}
    for errors in ["errors", "errors_in_half"]:
        run[errors] = [error for error in run[errors] if error["peer"] not in names]
    run["results"] = results(peers, options.out)
    for peer in peers:
        peer.close()
    return run


def main():
    parser = argparse.ArgumentParser(description="Time the Python contenders; write python.json.")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the report's folder")
    parser.add_argument("--quick", action="store_true", help="a first look: a tenth of the samples")
    parser.add_argument("--judge", action="store_true", help="ask for the results again, and keep the times")
    parser.add_argument("--only", nargs="+", choices=contenders.ALL, default=list(contenders.ALL), help="these alone")
    parser.add_argument("--longest", type=int, default=CURVE[-1], help="no longer arrays than this")
    options = parser.parse_args()
    if not (DATA / "questions_forward.npy").exists():
        raise Failure("peers/data has no questions: run `cargo run --release -p sigmoid-peers -- data`")

    run = judged(options) if options.judge else timed(options)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "python.json").write_text(json.dumps(run, indent=2) + "\n")
    progress("")
    print(options.out / "python.json")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"error: {failure}")
