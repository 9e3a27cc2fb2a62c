"""Asks NumPy and the command about the same .npy files, and fails where one takes what the other refuses.

The files come from a generator with a seed: headers in every way of writing that Python's literals have, and
headers that are wrong in one place or more. Where both take a file the results must agree. Where NumPy reads
another element type than float16, float32 or float64 the command must refuse it, and it must refuse files that go on
after their elements, which NumPy reads. It may refuse element types that are made of two types (of which NumPy
takes the first if both have one size) and dimensions below 0 (whose product NumPy may find to be none).

    python cli/tests/numpy_headers.py target/debug/sigmoid --count 4000 --seed 1
"""

import argparse
import ast
import collections
import concurrent.futures
import io
import json
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile
import warnings

import numpy

# The public module leaves out what reads headers of version 3.
from numpy.lib import _format_impl as npy

# Both complain about old ways of writing, and take them.
warnings.simplefilter("ignore")

# Shapes may claim more than there is.
MEMORY = 4 << 30

GOOD_TYPES = """<f4 <f8 >f4 >f8 =f4 =f8 |f4 |f8 f4 f8 f d <f >f <d >d float32 float64 float double single ()f4
    ()>f8 <()f4 1f4 1>f4 (1,)f4 (1,)>f8 (1,1)f8 2f4 (2,)f4 (3,2)f8 0f4 f04 f+8 <f2 >f2 f2 e >e half float16 (2,)f2 1e
    2>f2""".split()
GOOD_TYPES += ["f 4", "f\t8", "1 f4", "( 1 , )f4", "1  >f8", "(1,)float", "(1,)f4 ", " 1,f"]
OTHER_TYPES = """<f16 <i4 >i8 |u1 |b1 |S4 <U3 |V8 |O <c8 <c16 <M8[ns] <m8[s] int32 g F f4,f4 f4,
    2i4 bool object str bytes <i4,<f4 S U V <u2 |V2 H""".split()
NO_TYPES = """f3 f5 f-4 d8 d4 f0 <<f4 ><f4 <float32 FLOAT32 Float64 float_ f4; (1)f4 ()()f4 []f4 01f4 1_0f4
    +1f4 (-1)f4 < > ! !f4 f4f4 f44 f4294967300 <f4> 4f> q9 x""".split()
NO_TYPES += ["", " f4", "f4 ", "f4\n", "f4\0", "\u00e9", "<\u00e9", "float32 ", "( )f4", "(1,f4", "1>", "\ud800"]
ALPHABET = "fd48<>=|01 2,()f+f4f8"

# What has no value, or not the one that is needed.
ODD = """None True False 1 0 -1 1.5 1e3 2j 1+2j 'a' b'f4' u'<f4' () [] {} (1,) [1] {1} {1:2} set() ... (6) ((6,)) ([6],)
    True, 6.0 '6' (6.0,) (None,) ('6',) (6,True) (True,) (-6,) (0,-1) -(6) +6 not 2**1 6*1 x int(6) [[]] {[]:1}
    f'' f'a' lambda:0 (yield) *() **{} 06 0x 1__0 1_ 0b2 09 1e 1.e .. 1if 1L 1LL 1l (1 L,) 1jL 0777L 9223372036854775807
    9223372036854775808 (9223372036854775807,0) (2305843009213693951,0) (2305843009213693952,0)""".split()

JUNK = ["'", '"', "'''", "\\", "\\\n", "\n", "\r", "\r\n", "\f", "\v", "\t", " ", "#", "#x\n", "(", ")", "[", "]", "{", "}",
        ",", ":", ";", "=", "+", "-", "*", ".", "L", "l", "j", "_", "u", "b", "r", "f", "0", "1", "9", "0x", "e", "\0", "\x1a",
        "\u00a0", "\u00e9", "\ufeff", "\u2028", "\u0660", "True", "None", "set()", "''", "'' ''", "6L", "if", "`", "$", "?", "!",
        "'descr'", "'shape'", "\\N{DIGIT FOUR}x", "\x85", "\\x", "~"]


class Generator:
    """One header after another."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def pick(self, items):
        return self.random.choice(items)

    def blank(self, strange):
        if not strange or not self.chance(4):
            return self.pick(["", "", " "])
        return self.pick(["  ", "\t", "\f", "\n", "\r\n", "\r", " \\\n ", "# x\n", "#'{\n\n", "\n   ", "\\\n", " #\u00e9\n"])

    def text(self, text, strange):
        """A string in one of the ways to write it."""
        if not strange or not self.chance(3):
            return "'" + text + "'" if self.plain(text) else ascii(text)
        if len(text) > 1 and self.chance(3):
            cut = self.random.randrange(len(text) + 1)
            between = self.pick(["", " ", "\n", " \\\n", "#x\n"])
            return self.text(text[:cut], True) + between + self.text(text[cut:], True)
        quote = self.pick(["'", '"', "'''", '"""'])
        prefix = self.pick(["", "", "u", "U", "r", "R"] if self.plain(text) else ["", "u"])
        if self.chance(30):
            prefix = self.pick(["b", "B", "f", "br", "Rb", "ur", "rr", "bu", "x"])
        body = ""
        for character in text:
            code = ord(character)
            ways = [character] * 6 if self.plain(character) else [ascii(character)[1:-1]]
            if prefix not in ("r", "R") and code < 0x100:
                ways += [f"\\x{code:02x}", f"\\{code:03o}", f"\\u{code:04X}", f"\\U{code:08x}", "\\\n" + ways[0]]
            if self.chance(200):
                ways = ["\\x", "\\u12", "\\U00110000", "\\q", "\\8", "\n", "\\\r\n"]
            body += self.pick(ways)
        return prefix + quote + body + quote

    @staticmethod
    def plain(text):
        return all(" " <= character <= "~" and character not in "'\"\\" for character in text)

    def number(self, number, strange):
        if not strange or not self.chance(3):
            return str(number)
        digits = str(abs(number))
        ways = [hex(abs(number)), oct(abs(number)), bin(abs(number)), hex(abs(number)).upper().replace("X", "x"),
                f"0x_{abs(number):x}", f"{abs(number):_b}".join(["0b", ""]), "_".join(digits), "+" + digits, f"({digits})",
                f"- -{digits}", f"-({digits})", f"+({digits})", f"({digits}\n)", digits + "L", digits + " L", digits + "\tL L",
                hex(abs(number)) + "L", digits + "\nL", digits + "\\\nL", digits + "l", digits + "LL", digits + "_", "0" + digits,
                digits + ".", digits + "e0", digits + "j", "+ " + digits, "0_0" if number == 0 else digits + "_0", "\\\n" + digits]
        return self.pick(ways)

    def shape(self, strange):
        dimensions = [self.pick([0, 1, 1, 2, 3, 4, 6]) for _ in range(self.pick([0, 1, 1, 1, 2, 2, 3, 4]))]
        if self.chance(60):
            dimensions += [self.pick([1 << 31, 1 << 32, (1 << 61) - 1, 1 << 61, (1 << 63) - 1, 1 << 63, 1 << 64, 10**30])]
            self.random.shuffle(dimensions)
        if self.chance(60):
            dimensions = [1] * self.pick([31, 32, 33, 63, 64, 65])
        if self.chance(40):
            dimensions += [self.pick([-1, -6, -2])]
        items = [self.number(dimension, strange) for dimension in dimensions]
        if self.chance(40):
            items.append(self.pick(ODD))
        body = "".join(item + self.blank(strange) + "," + self.blank(strange) for item in items)
        if len(items) > 1 and self.chance(2):
            body = body.rstrip(", \n\t\f\r") if "#" not in body and "\\" not in body else body
        opening, closing = self.pick(["()"] * 60 + ["[]", "{}", "(]", "[)"])
        return opening + self.blank(strange) + body + closing

    def type(self, strange):
        way = self.random.randrange(40)
        if way < 18:
            return self.text(self.pick(GOOD_TYPES), strange)
        if way < 22:
            return self.text(self.pick(OTHER_TYPES), strange)
        if way < 26:
            return self.text(self.pick(NO_TYPES), strange)
        if way < 29:
            return self.text("".join(self.pick(ALPHABET) for _ in range(self.random.randrange(1, 7))), strange)
        if way < 31:
            return self.pick(["[('a', '<f4')]", "[('a', '<f4'), ('b', '<f8', (2,))]", "[('', '|V4')]", "[]", "[('a', 'x')]", "[1]",
                              "[('a', [('b', '<f4')])]", "[('a',)]", "[(('t', 'a'), '<f4')]", "[('a', '<f4'), ('a', '<f4')]"])
        if way < 34:
            base = self.type(strange) if self.chance(4) else self.text(self.pick(GOOD_TYPES), strange)
            shape = self.pick(["()", "(1,)", "1", "(1, 1)", "[1]", "(2,)", "2", "(2, 3)", "0", "(0,)", "(-1,)", "True", "1.0",
                               "(1,), 'x'", "(True,)", "None, 1", "1L", "(2147483648,)", "(2, None)", "[1, 1]"])
            return f"({base}, {shape})"
        if way == 34:
            return self.pick(ODD)
        return self.text("<f4", strange)

    def value(self, key, strange):
        if key == "shape":
            return self.pick(ODD) if self.chance(40) else self.shape(strange)
        if key == "descr":
            return self.type(strange)
        if key == "fortran_order":
            if self.chance(20):
                return self.pick(ODD + ["true", "FALSE", "0", "1"])
            return self.pick(["False", "True", "(False)", "( True )"] if strange else ["False", "False", "True"])
        return self.pick(ODD)

    def dictionary(self):
        strange = not self.chance(4)
        keys = ["descr", "fortran_order", "shape"]
        if self.chance(2):
            self.random.shuffle(keys)
        if self.chance(25):
            keys.remove(self.pick(keys))
        if self.chance(15):
            keys.insert(self.random.randrange(3), self.pick(["descr", "shape", "fortran_order", "Descr", "x", "", "shape "]))
        blank = lambda: self.blank(strange)
        items = []
        for key in keys:
            name = self.pick(ODD) if self.chance(150) else self.text(key, strange)
            items.append(blank() + name + blank() + ":" + blank() + self.value(key, strange) + blank())
        text = "{" + ("," + blank()).join(items) + self.pick(["", ",", ", "]) + blank() + "}"
        if self.chance(25):
            text = self.pick(["(%s)", "( %s\n)", "%s,", "(%s,)", "[%s]", "%s;", "%s %s", "((%s))", "-%s", "%s[0]"]).replace("%s", text)
        return text

    def ends(self, text):
        """Blanks before and after."""
        if self.chance(8):
            text = self.pick([" ", "\t", "\n", "\n ", " \n", "# x\n", "\f", "\f ", "\n\f", "\n \f", "\\\n", " \\\n", "\n \\\n", "\\\n ",
                              "\ufeff", "\r", "\u00a0", "#\n\n"]) + text
        if self.chance(3):
            return text + self.pick(["", "\n   ", "\n\n", "\n \n", " # x", "\n# x", "\n  # x\n", "\n\\\n", "\n\\\n\n", " \\\n", " \\\n\n", ";",
                                     "\n1", "\f\n", "\v\n", "\n\f", "\n \f", "\x00", "\r\n", "\r", "\n \\\n\n", "\n\t", "\x1a", "\n   \n "])
        return text + " " * self.random.randrange(64) + "\n"

    def mutated(self, text):
        for _ in range(self.random.randrange(1, 3)):
            place = self.random.randrange(len(text) + 1)
            way = self.random.randrange(4)
            if way == 0:
                text = text[:place] + text[place + self.random.randrange(1, 4):]
            elif way == 1:
                text = text[:place] + text[place:place + 5] + text[place:]
            else:
                text = text[:place] + self.pick(JUNK) + text[place:]
        return text

    def file(self):
        """The bytes of a file."""
        text = self.ends(self.dictionary())
        if self.chance(5):
            text = self.mutated(text)
        if self.chance(60):
            length = self.pick([9_990, 9_999, 10_000, 10_001, 10_020])
            text += self.pick([" ", "#", "#\u00e9", "\n"]).ljust(1) + self.pick([" ", "\u00e9", "x"]) * (length - len(text) - 1)
        if self.chance(150):
            depth = self.pick([190, 197, 198, 199, 200, 201, 250])
            value = self.pick(["[%s]", "(%s)", "(%s,)", "{1:%s}"])
            opening, closing = value.split("%s")
            text = "{'descr': " + opening * depth + closing * depth + ", " + text.lstrip()[1:]
        version = self.pick([1, 1, 2, 3, 3])
        if self.chance(100):
            version = self.pick([0, 4, 255])
        encoding = "utf-8" if version == 3 else "latin-1"
        header = text.encode(encoding, "replace")
        if self.chance(100):
            place = self.random.randrange(len(header) + 1)
            header = header[:place] + bytes([self.random.randrange(256)]) + header[place:]
        minor = 1 if self.chance(150) else 0
        length = len(header) + (self.pick([-1, 1, 1000]) if self.chance(150) else 0)
        start = b"\x93NUMPY" + bytes([version, minor]) + struct.pack("<H" if version == 1 else "<I", length) + header
        return start + self.elements(start)

    def elements(self, start):
        """As many as NumPy finds announced, or nearly."""
        count, element = 6, numpy.dtype("<f4")
        try:
            stream = io.BytesIO(start)
            version = npy.read_magic(stream)
            shape, _, element = npy._read_array_header(stream, version)
            element = element.base
            count = 1
            for dimension in shape:
                count *= int(dimension)
        except Exception:
            pass
        if not 0 <= count <= 10_000:
            count = 6
        if element.kind == "f" and element.itemsize in (2, 4, 8):
            numbers = [self.pick([0.0, -1.5, 2.25, 17.0, -30.0, 100.0, float("inf"), float("-inf")]) for _ in range(count)]
            data = numpy.array(numbers, dtype=element).tobytes()
        else:
            data = bytes(count * element.itemsize)
        if self.chance(25):
            return data[:-1]
        if self.chance(25):
            return data + bytes(self.pick([1, 4, 8, 100]))
        return data


def s(x):
    with numpy.errstate(over="ignore"):
        return 1 / (1 + numpy.exp(-x.astype(numpy.float64)))


def judge(command, directory, number, content):
    """How the two agree on a file: what both do, and what is wrong, or None."""
    source, result = directory / f"{number}.npy", directory / f"{number}.out.npy"
    source.write_bytes(content)
    try:
        array, refusal = numpy.load(source, allow_pickle=False), None
        if not isinstance(array, numpy.ndarray):
            array, refusal = None, "it is no array"
    except BaseException as error:
        array, refusal = None, f"{type(error).__name__}: {error}"
    run = subprocess.run([command, "apply", source, result, "--threads", "1"], capture_output=True, text=True)
    try:
        return compare(content, array, refusal, run, result)
    finally:
        source.unlink()
        result.unlink(missing_ok=True)


def compare(content, array, refusal, run, result):
    taken = run.returncode == 0
    if taken and (run.stdout or run.stderr):
        return "", f"it says {run.stdout!r} and {run.stderr!r}"
    if not taken:
        lines = run.stderr.splitlines()
        if run.returncode != 1 or len(lines) != 1 or not lines[0].startswith("error: ") or run.stdout:
            return "", f"status {run.returncode}, {run.stderr!r}"
        if result.exists():
            return "", "a file is left"
    if array is None and taken and refusal.startswith("MemoryError"):
        # Its limit is lower where there is an error to explain first, such as an L of Python 2.
        return "brackets too deep for Python's parser", None
    if array is None:
        return "both refuse it", f"NumPy refuses it: {refusal[:300]}" if taken else None
    if array.dtype not in [numpy.dtype(name) for name in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8")]:
        return "another element type", f"NumPy reads {array.dtype}" if taken else None
    if not taken:
        if "goes on after" in run.stderr:
            return "more after the elements", None
        if excused := exception(content):
            return excused, None
        return "", f"NumPy reads {array.dtype}, {array.shape}; the command: {run.stderr}"
    output = result.read_bytes()
    start = len(content) - array.size * array.dtype.itemsize
    if len(output) != len(content) or output[:start] != content[:start]:
        return "", "the header is another one"
    computed = numpy.load(result, allow_pickle=False)
    if computed.dtype != array.dtype or computed.shape != array.shape:
        return "", f"NumPy reads {array.dtype}, {array.shape}; the output is {computed.dtype}, {computed.shape}"
    # What has no elements may have a shape too large for another type.
    relative, absolute = {2: (5e-4, 3e-8), 4: (1e-6, 1e-37), 8: (1e-14, 1e-37)}[array.dtype.itemsize]
    if array.size and not numpy.allclose(computed.astype(numpy.float64), s(array), rtol=relative, atol=absolute):
        return "", "the results differ"
    return "both take it" + (", big-endian" if array.dtype.byteorder == ">" else ""), None


def fields(content):
    """The dictionary of a header that NumPy reads."""
    version = content[6]
    start = 10 if version == 1 else 12
    length = int.from_bytes(content[8:start], "little")
    header = content[start:start + length].decode("utf-8" if version == 3 else "latin-1")
    try:
        return ast.literal_eval(header)
    except SyntaxError:
        return ast.literal_eval(npy._filter_header(header))


def exception(content):
    """Why the command may refuse what NumPy reads, or None. Nothing writes such headers."""
    shape, descr = fields(content)["shape"], fields(content)["descr"]
    if any(dimension < 0 for dimension in shape):
        return "a negative dimension, with which NumPy's product of dimensions overflows"
    while isinstance(descr, tuple):
        if not isinstance(descr[1], (int, tuple)):
            return "one type seen as another"
        descr = descr[0]
    return None


def work(options, numbers):
    """Judges files, and prints a line for each as soon as it is judged."""
    # Shapes may claim more than there is.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as directory:
        for number in numbers:
            content = Generator(f"{options.seed}/{number}").file()
            agreement, fault = judge(options.command, pathlib.Path(directory), number, content)
            print(json.dumps([agreement, fault, fault and repr(content[:1000])]), flush=True)


def judged(options, numbers):
    """The same in other processes. Python or NumPy itself may die of a file: then another process goes on."""
    lines = []
    while len(lines) < len(numbers):
        rest = numbers[len(lines):]
        arguments = [options.command, "--seed", str(options.seed), "--work", str(rest.start), str(rest.stop)]
        run = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True)
        lines += [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode > 0:
            sys.exit("the script itself fails")
        if run.returncode < 0 and len(lines) < len(numbers):
            lines.append([DIED, None, None])
    return lines


DIED = "Python or NumPy dies of it, or of one before it"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.command = options.command.resolve()
    if options.work:
        work(options, range(*options.work))
        return 0

    numbers = range(options.count)
    parts = [numbers[start:start + 250] for start in range(0, options.count, 250)]
    found, wrong = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for lines in pool.map(lambda part: judged(options, part), parts):
            found.update(agreement for agreement, fault, _ in lines if not fault)
            wrong += [(content, fault) for _, fault, content in lines if fault]
    for content, fault in wrong[:40]:
        print(f"{content}\n    {fault.strip()}\n")
    print(f"NumPy {numpy.__version__} on Python {sys.version.split()[0]}: {options.count} headers, seed {options.seed}")
    for agreement, count in found.most_common():
        print(f"{count:8}  {agreement}")
    print(f"{len(wrong):8}  disagreements")
    # A generator that makes nothing but good headers, or bad ones, shows nothing.
    few = min(found["both take it"], found["both take it, big-endian"], found["both refuse it"]) < options.count / 100
    return 1 if wrong or few or found[DIED] > options.count / 100 else 0


if __name__ == "__main__":
    sys.exit(main())
