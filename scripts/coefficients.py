#!/usr/bin/env python3
"""Derive the constants of `src/pair/constants.rs` and of the operations from nothing but mathematics.

    pip install mpmath && python3 scripts/coefficients.py

The kernels write e^-r = (E - r O) / (E + r O) with E and O polynomials in u = r^2, that is
tanh(r/2) / r = O(u) / E(u). This script finds E and O by rational interpolation at the Chebyshev
nodes of the reduced interval |r| <= ln 2 / 2, improves them by moving the nodes until the error
levels out (a Remez exchange in miniature), scales them, rounds them to the format and prints what
the rounding cost. It also prints the other constants: log2 e, the two parts of ln 2, the magic
addends, and the limits of the kernels.
"""
import struct
import sys

import mpmath as mp

mp.mp.prec = 300
LN2 = mp.log(2)


def ratio(u):
    """tanh(r/2) / r as a function of u = r^2, analytic at 0."""
    if u == 0:
        return mp.mpf(1) / 2
    r = mp.sqrt(u)
    return mp.tanh(r / 2) / r


def interpolate(nodes, degree_e, degree_o):
    """E, O with O(u) = ratio(u) E(u) at every node and E(0) = 1."""
    rows, right = [], []
    for u in nodes:
        value = ratio(u)
        rows.append([-value * u**j for j in range(1, degree_e + 1)] + [u**j for j in range(degree_o + 1)])
        right.append(value)
    solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix(right)))
    return [mp.mpf(1)] + solution[:degree_e], solution[degree_e:]


def horner(coefficients, u):
    total = mp.mpf(0)
    for c in reversed(coefficients):
        total = total * u + c
    return total


def relative_error(e, o, r):
    """Relative error of (E - rO)/(E + rO) against e^-r."""
    u = r * r
    big, odd = horner(e, u), r * horner(o, u)
    return (big - odd) / (big + odd) * mp.exp(r) - 1


def grid(bound, points=2000):
    return [bound * mp.mpf(i) / points for i in range(1, points + 1)]


def largest_error(e, o, bound):
    return max(abs(relative_error(e, o, r)) for r in grid(bound))


def minimax(degree_e, degree_o, bound):
    """Interpolate, then move the nodes so that the lobes of the error become equal."""
    count = degree_e + degree_o + 1
    span = bound * bound
    nodes = [span * (1 - mp.cos(mp.pi * (2 * i + 1) / (2 * count))) / 2 for i in range(count)]
    best = None
    for _ in range(60):
        e, o = interpolate(nodes, degree_e, degree_o)
        edges = [mp.mpf(0)] + nodes + [span]
        peaks = []
        for low, high in zip(edges, edges[1:]):
            samples = [low + (high - low) * mp.mpf(i) / 60 for i in range(61)]
            peaks.append(max(abs(relative_error(e, o, mp.sqrt(u))) for u in samples))
        worst = max(peaks)
        if best is None or worst < best[0]:
            best = (worst, e, o)
        widths = [(b - a) * (p / worst) ** mp.mpf("-0.4") for a, b, p in zip(edges, edges[1:], peaks)]
        total, running = sum(widths), mp.mpf(0)
        for i, w in enumerate(widths[:-1]):
            running += w
            nodes[i] = span * running / total
    return best[1], best[2]


def to_f32(x):
    """Nearest f32 (mpmath rounds to 24 bits; the values here are far from the range limits)."""
    with mp.workprec(24):
        return mp.mpf(+x)


def to_f64(x):
    with mp.workprec(53):
        return mp.mpf(+x)


def bits(x, fmt):
    if fmt == "f32":
        return "0x%08x" % struct.unpack("<I", struct.pack("<f", float(x)))[0]
    return "0x%016x" % struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def split_ln2(high_bits):
    """ln 2 = high + low, high with so many significant bits that small integers times it are exact."""
    with mp.workprec(high_bits):
        high = mp.mpf(+LN2)
    return high, LN2 - high


def show(name, value, fmt, rounded):
    print("    %-28s %s  // %s" % (name, bits(rounded(value), fmt), mp.nstr(rounded(value), 20)))


def constants(fmt, rounded, degree_e, degree_o, high_bits, mantissa_bits, bias, nudge=0):
    e, o = minimax(degree_e, degree_o, LN2 / 2)
    exact = largest_error(e, o, LN2 / 2)
    leading = o[-1]
    e, o = [c / leading for c in e], [c / leading for c in o]
    e_rounded, o_rounded = [rounded(c) for c in e], [rounded(c) for c in o[:-1]]
    # E[0] and O[0] together, by units in the last place: chosen among neighbours by the error that
    # `sigmoid verify` measures over all inputs, for it moves the roundings and nothing else.
    for coefficients in (e_rounded, o_rounded):
        unit = mp.mpf(2) ** (mp.floor(mp.log(coefficients[0], 2)) - mantissa_bits + 1)
        coefficients[0] += nudge * unit
    cost = largest_error(e_rounded, o_rounded + [mp.mpf(1)], LN2 / 2)
    print("%s: E of degree %d, O of degree %d, monic" % (fmt, degree_e, degree_o))
    print("  largest relative error 2^%.2f, with rounded coefficients 2^%.2f" % (mp.log(exact, 2), mp.log(cost, 2)))
    show("MINUS_LOG2_E", -1 / LN2, fmt, rounded)
    show("MAGIC", mp.mpf(3) * 2 ** (mantissa_bits - 2) + bias, fmt, rounded)
    high, low = split_ln2(high_bits)
    show("LN_2_HIGH", high, fmt, rounded)
    show("LN_2_LOW", low, fmt, rounded)
    for i, c in enumerate(e_rounded):
        show("E[%d]" % i, c, fmt, rounded)
    for i, c in enumerate(o_rounded):
        show("O[%d]" % i, c, fmt, rounded)
    smallest_normal, smallest = mp.mpf(2) ** (1 - bias), mp.mpf(2) ** (2 - bias - mantissa_bits)
    print("  s(x) is subnormal below  x = %s" % mp.nstr(mp.log(smallest_normal), 20))
    print("  s(x) rounds to zero from x = %s" % mp.nstr(mp.log(smallest / 2), 20))


def exact_single():
    """E and O of `src/exact/single.rs`: in f = r / ln 2, for |f| <= 1/2, with E monic."""
    e, o = minimax(2, 1, LN2 / 2)
    scale = e[2] * LN2**4
    e = [to_f64(c * LN2 ** (2 * i) / scale) for i, c in enumerate(e)]
    o = [to_f64(c * LN2 ** (2 * i + 1) / scale) for i, c in enumerate(o)]
    errors = []
    for f in grid(mp.mpf(1) / 2):
        even, odd = horner(e, f * f), f * horner(o, f * f)
        errors.append(abs((even - odd) / (even + odd) * mp.mpf(2) ** f - 1))
    print("f32 exact: E of degree 2, monic, O of degree 1, with f64 coefficients 2^%.2f" % mp.log(max(errors), 2))
    for i, c in enumerate(e[:2]):
        show("E[%d]" % i, c, "f64", to_f64)
    for i, c in enumerate(o):
        show("O[%d]" % i, c, "f64", to_f64)
    half = e[1] / 2
    far = half + mp.sqrt(half**2 - e[0])
    for i, c in enumerate([far, e[0] / far]):
        show("E_ROOTS[%d]" % i, c, "f64", to_f64)
    show("O_ROOT", o[0] / o[1], "f64", to_f64)


def exact_double():
    """E and O of `src/exact/double.rs`: in f = r / ln 2, the leading terms and log2 e in two parts, and for the second
    look all of them."""
    pair = lambda c: to_f64(c) + to_f64(c - to_f64(c))
    shown = {
        (3, 2): ("the leading terms in two parts", lambda i: i < 2),
        (4, 3): ("all terms in two parts", lambda i: True),
    }
    for (degree_e, degree_o), (how, in_two_parts) in shown.items():
        e, o = minimax(degree_e, degree_o, LN2 / 2)
        e = [c * LN2 ** (2 * i) for i, c in enumerate(e)]
        o = [c * LN2 ** (2 * i + 1) for i, c in enumerate(o)]
        as_used = lambda c: [(pair if in_two_parts(i) else to_f64)(c) for i, c in enumerate(c)]
        e_rounded, o_rounded = as_used(e), as_used(o)
        errors = []
        for f in grid(mp.mpf(1) / 2):
            even, odd = horner(e_rounded, f * f), f * horner(o_rounded, f * f)
            errors.append(abs((even - odd) / (even + odd) * mp.mpf(2) ** f - 1))
        print("f64 exact: E of degree %d, O of degree %d, %s: 2^%.2f" % (degree_e, degree_o, how, mp.log(max(errors), 2)))
        for name, coefficients in [("E", e), ("O", o)]:
            for i, c in enumerate(coefficients):
                show("%s%d" % (name, i), c, "f64", to_f64)
                if in_two_parts(i):
                    show("%s%d low" % (name, i), c - to_f64(c), "f64", to_f64)
    show("MINUS_LOG2_E", -1 / LN2, "f64", to_f64)
    show("MINUS_LOG2_E low", -1 / LN2 + to_f64(1 / LN2), "f64", to_f64)


def silu_derivative():
    """The zero of `src/ops/activations/silu_derivative.rs`: 1 + x + e^x = 0."""
    zero = mp.findroot(lambda x: 1 + x + mp.exp(x), -1.28)
    print("the zero x0 of the derivative of x s(x), and w = e^-x0")
    for fmt, rounded in [("f32", to_f32), ("f64", to_f64)]:
        show("X0[0]", zero, fmt, rounded)
        show("X0[1]", zero - rounded(zero), fmt, rounded)
        show("W", mp.exp(-zero), fmt, rounded)


def fixed(name, c, nudges, settled=True, high_bits=15):
    """E, O and the unit of the reduction of s(c x), of `src/pair/fixed.rs`: E1[i] c^(2 i - n) and O1[i] c^(2 i + 1 - n) of
    E1 and O1 with c = 1, so that O is monic again.

    What counts is that E[0] / O[0] = 2 / c, which two rounded numbers seldom are: of the neighbours of O[0] one is taken
    of which that is nearly so (in f32 one of the best, by the error over all inputs), and E[0] is `settled` by it."""
    print("the pair of c x: %s" % name)
    formats = [("f32", to_f32, 1, high_bits, 24), ("f64", to_f64, 2, 42, 53)]
    for (fmt, rounded, degree, bits, mantissa_bits), nudge in zip(formats, nudges):
        e, o = minimax(degree, degree, LN2 / 2)
        n = 2 * degree + 1
        e = [rounded(x / o[-1] * c ** (2 * i - n)) for i, x in enumerate(e)]
        o = [rounded(x / o[-1] * c ** (2 * i + 1 - n)) for i, x in enumerate(o[:-1])]
        o[0] += nudge * mp.mpf(2) ** (mp.floor(mp.log(o[0], 2)) - mantissa_bits + 1)
        if settled:
            e[0] = rounded(2 * o[0] / c)
        errors = []
        for r in grid(LN2 / 2 / c):
            even, odd = horner(e, r * r), r * horner(o + [mp.mpf(1)], r * r)
            errors.append(abs((even - odd) / (even + odd) * mp.exp(c * r) - 1))
        print("  %s: largest relative error with rounded coefficients 2^%.2f" % (fmt, mp.log(max(errors), 2)))
        show("minus_log2_e", -c / LN2, fmt, rounded)
        with mp.workprec(bits):
            high = mp.mpf(+(LN2 / c))
        show("ln_2_high", high, fmt, rounded)
        show("ln_2_low", LN2 / c - high, fmt, rounded)
        for letter, coefficients in [("e", e), ("o", o)]:
            for i, coefficient in enumerate(coefficients):
                show("%s[%d]" % (letter, i), coefficient, fmt, rounded)


def gelu_tanh():
    """The constants of `src/ops/activations/gelu_tanh.rs`, `src/ops/activations/gelu_tanh_backward.rs` and `src/reference.rs`."""
    c = 2 * mp.sqrt(2 / mp.pi) * mp.mpf("0.044715")
    a = 1 / mp.mpf("0.044715")
    print("gelu by tanh: x s(c (x^3 + a x))")
    for fmt, rounded, bits_behind in [("f32", to_f32, 5), ("f64", to_f64, 17)]:
        head = mp.nint(a * 2**bits_behind) / 2**bits_behind
        show("A[0]", head, fmt, rounded)
        show("A[1]", a - head, fmt, rounded)
        show("SLOPE[0] = 3 c", 3 * c, fmt, rounded)
        show("SLOPE[1] = c a", c * a, fmt, rounded)
    print("  of the reference")
    show("ROOT_OF_2_OVER_PI", mp.sqrt(2 / mp.pi), "f64", to_f64)
    for name, value in [("CUBIC", c), ("LINEAR", a)]:
        show("%s[0]" % name, value, "f64", to_f64)
        show("%s[1]" % name, value - to_f64(value), "f64", to_f64)


def gelu():
    """P and Q of `src/ops/activations/gelu.rs`: Phi(-y) e^(y^2 / 2) = P(y) / Q(y) for y from 0 to 14.45, by interpolation at nodes
    that are moved until the error levels out. They stand closer near 0, where the function bends."""
    end, degree_p, degree_q = mp.mpf("14.45"), 4, 5
    function = lambda y: mp.erfc(y / mp.sqrt(2)) * mp.exp(y * y / 2) / 2
    place = lambda w: end * w**3
    count = degree_p + degree_q + 1
    nodes = [(1 - mp.cos(mp.pi * (2 * i + 1) / (2 * count))) / 2 for i in range(count)]
    best = None
    for _ in range(60):
        rows, right = [], []
        for y in map(place, nodes):
            value = function(y)
            rows.append([y**j for j in range(degree_p + 1)] + [-value * y**j for j in range(1, degree_q + 1)])
            right.append(value)
        solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix(right)))
        p, q = solution[: degree_p + 1], [mp.mpf(1)] + solution[degree_p + 1 :]
        edges = [mp.mpf(0)] + nodes + [mp.mpf(1)]
        peaks = []
        for low, high in zip(edges, edges[1:]):
            samples = [place(low + (high - low) * mp.mpf(i) / 16) for i in range(17)]
            peaks.append(max(abs(horner(p, y) / horner(q, y) / function(y) - 1) for y in samples))
        worst = max(peaks)
        if best is None or worst < best[0]:
            best = (worst, p, q)
        widths = [(b - a) * (peak / worst) ** mp.mpf("-0.12") for a, b, peak in zip(edges, edges[1:], peaks)]
        total, running = sum(widths), mp.mpf(0)
        for i, width in enumerate(widths[:-1]):
            running += width
            nodes[i] = running / total
    worst, p, q = best
    p, q = [to_f32(x / q[-1]) for x in p], [to_f32(x / q[-1]) for x in q]
    # By units in the last place: of some 20,000 neighbours whose own error is below 2^-25, tried at random, the best by
    # the error of gelu over all inputs (`sigmoid verify`). It is 6.82 ULP; of the derived ones 7.65.
    for coefficients, nudges in [(p, [0, 2, 1, 2, 0]), (q, [1, 1, -2, 5, 0, 0])]:
        for i, nudge in enumerate(nudges):
            coefficients[i] += nudge * mp.mpf(2) ** (mp.floor(mp.log(coefficients[i], 2)) - 23)
    p[0] = q[0] / 2  # Phi(0)
    points = [place(mp.mpf(i) / 2000) for i in range(2001)]
    rounded = max(abs(horner(p, y) / horner(q, y) / function(y) - 1) for y in points)
    print("gelu: largest relative error 2^%.2f, with rounded coefficients 2^%.2f" % (mp.log(worst, 2), mp.log(rounded, 2)))
    for i, c in enumerate(p):
        show("P[%d]" % i, c, "f32", to_f32)
    for i, c in enumerate(q[:-1]):
        show("Q[%d]" % i, c, "f32", to_f32)


def level(function, weight, span, degree):
    """The polynomial of this degree for which the largest weight(t) |function(t) - polynomial(t)| on [0, span] is
    smallest: Remez' exchange, on a fine grid."""
    count = degree + 2
    at = lambda i, n: span * (1 - mp.cos(mp.pi * mp.mpf(i) / n)) / 2
    points = [at(2 * i + 1, 2 * count) for i in range(count)]
    grid = [(t, function(t), weight(t)) for t in (at(i, 600) for i in range(1, 601))]
    for _ in range(30):
        rows = [[t**j for j in range(degree + 1)] + [(-1) ** i / weight(t)] for i, t in enumerate(points)]
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix([function(t) for t in points]))
        polynomial = list(solution)[: degree + 1]
        errors = [(t, w * (value - horner(polynomial, t))) for t, value, w in grid]
        # The largest of each run of one sign.
        peaks = []
        for t, error in errors:
            if peaks and (error > 0) == (peaks[-1][1] > 0):
                peaks[-1] = max(peaks[-1], (t, error), key=lambda peak: abs(peak[1]))
            else:
                peaks.append((t, error))
        while len(peaks) > count:
            peaks.pop(0 if abs(peaks[0][1]) < abs(peaks[-1][1]) else -1)
        if len(peaks) < count or [t for t, _ in peaks] == points:
            break
        points = [t for t, _ in peaks]
    return polynomial


def logarithm():
    """P of `src/pair/logarithm.rs`: atanh(v) = v + v t P(t) with t = v^2, level in the relative error of atanh(v)."""

    def atanh_over_v(t):
        v = mp.sqrt(t)
        return mp.atanh(v) / v if t else mp.mpf(1)

    function = lambda t: (atanh_over_v(t) - 1) / t
    weight = lambda t: t / atanh_over_v(t)
    # The quotients have errors of their own, and so each interval is a little longer than that of the exact ones.
    third, fifth = mp.mpf("1.000001") / 9, mp.mpf("0.202") ** 2
    for name, span, fmt, rounded, count in [
        ("UP_TO_A_THIRD", third, "f32", to_f32, 4),
        ("UP_TO_A_THIRD", third, "f64", to_f64, 10),
        ("UP_TO_A_FIFTH", fifth, "f32", to_f32, 3),
        ("UP_TO_A_FIFTH", fifth, "f64", to_f64, 8),
    ]:
        p = level(function, weight, span, count - 1)
        errors = lambda p: max(weight(t) * abs(function(t) - horner(p, t)) for t in grid(span))
        exact, cost = errors(p), errors([rounded(c) for c in p])
        print("%s: atanh(v) for v^2 <= %s, %d coefficients" % (fmt, mp.nstr(span, 5), count))
        print("  largest relative error 2^%.2f, with rounded coefficients 2^%.2f" % (mp.log(exact, 2), mp.log(cost, 2)))
        for i, c in enumerate(p):
            show("%s[%d]" % (name, i), c, fmt, rounded)


if __name__ == "__main__":
    constants("f32", to_f32, 1, 1, 16, 24, 127, nudge=3)
    constants("f64", to_f64, 2, 2, 42, 53, 1023)
    exact_single()
    exact_double()
    silu_derivative()
    fixed("QUICK_GELU, c = 1.702", mp.mpf("1.702"), [2, 8])
    fixed("TWICE, c = 2", mp.mpf(2), [3, 0])
    fixed("HALF, c = 1/2", mp.mpf(1) / 2, [3, 0])
    fixed("CUBIC, c = 2 sqrt(2 / pi) 0.044715", 2 * mp.sqrt(2 / mp.pi) * mp.mpf("0.044715"), [0, 0], False, 16)
    gelu_tanh()
    gelu()
    logarithm()
