"""What the ufuncs should give, in the longest floats that NumPy has, by forms in which nothing cancels; and how far
results are from that."""

import numpy as np
import sigmoid

Long = np.longdouble
# On x86 they have 64 bits. Where they are doubles they cannot judge doubles.
LONG_IS_LONGER = np.finfo(Long).nmant > np.finfo(np.float64).nmant


def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def _derivative(x):
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def _softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _logit(p):
    near_half = 2 * np.arctanh(2 * p - 1)
    return np.where(p < 0.25, np.log(p) - np.log1p(-p), near_half)


def _times(a, b):
    """A product in which 0 beside an infinity is 0: the limit of what decays faster than the other grows."""
    return np.where((a == 0) | (b == 0), 0, a * b)


def _bce(x, z):
    return _times(np.abs(x), np.where(x > 0, 1 - z, z)) + np.log1p(np.exp(-np.abs(x)))


_PI = Long("3.14159265358979323846264338327950288")

OF_ONE = {
    "sigmoid": _sigmoid,
    "sigmoid_derivative": _derivative,
    "sigmoid_exact": _sigmoid,
    "sigmoid_derivative_exact": _derivative,
    "silu": lambda x: _times(x, _sigmoid(x)),
    "quick_gelu": lambda x: _times(x, _sigmoid(Long("1.702") * x)),
    "gelu_tanh": lambda x: _times(x, _sigmoid(2 * np.sqrt(2 / _PI) * (x + Long("0.044715") * x * x * x))),
    "tanh": np.tanh,
    "softplus": _softplus,
    "log_sigmoid": lambda x: -_softplus(-x),
    "logit": _logit,
}

OF_TWO = {
    "swiglu": lambda gate, up: _times(gate, _sigmoid(gate)) * up,
    "glu": lambda a, b: a * _sigmoid(b),
    "bce_with_logits": _bce,
}

NAMES = [*OF_ONE, *OF_TWO]
UFUNCS = [getattr(sigmoid, name) for name in NAMES]


def inputs(name, count, dtype=np.float64, seed=1):
    """As many arrays as the ufunc has inputs, of numbers that it is made for."""
    random = np.random.default_rng(seed)
    spread = random.normal(size=count) * np.exp(random.uniform(-6, 4, size=count))
    if name == "logit":
        return [_sigmoid(spread).astype(dtype)]
    if name == "bce_with_logits":
        return [spread.astype(dtype), random.uniform(size=count).astype(dtype)]
    if name in OF_TWO:
        return [spread.astype(dtype), random.normal(size=count).astype(dtype)]
    return [spread.astype(dtype)]


def truth(name, *inputs):
    """The true values, as long floats."""
    with np.errstate(all="ignore"):
        return (OF_ONE | OF_TWO)[name](*(np.asarray(x).astype(Long) for x in inputs))


def largest_error(results, truth):
    """The largest error where the truth is a finite number of the format, in units in the last place."""
    finfo = np.finfo(results.dtype) if results.dtype.kind == "f" else _finfo_of_bfloat16()
    with np.errstate(all="ignore"):
        exponent = np.frexp(truth)[1] - 1
        unit = np.ldexp(Long(1), np.maximum(exponent, int(finfo.minexp)) - int(finfo.nmant))
        counts = np.isfinite(truth) & (np.abs(truth) <= Long(float(finfo.max)))
        errors = np.abs(results.astype(Long) - truth) / unit
    return float(np.max(np.where(counts, errors, 0), initial=0))


def _finfo_of_bfloat16():
    import ml_dtypes

    return ml_dtypes.finfo(ml_dtypes.bfloat16)
