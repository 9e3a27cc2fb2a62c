"""The checker: how right is a function that computes a sigmoid, or what is made of one?

    >>> import numpy as np, sigmoid
    >>> report = sigmoid.conformance.examine(lambda x: 1 / (1 + np.exp(-x)), "sigmoid", "float32")
    >>> print(report)           # a page of text
    >>> report["regions"]       # the same as a dict
"""

import json

import numpy as np

from . import _sigmoid

__all__ = ["Report", "examine"]

# Floats that JSON has no numbers for.
_NOT_FINITE = {"NaN": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


class Report(dict):
    """What came of examining a function: a dict, and as str() a page of text."""

    def __init__(self, text, contents, is_sound, max_ulp, is_correctly_rounded):
        super().__init__(contents)
        self._text = text
        #: NaN, infinities and the range are as they should be, and no result depends on its place.
        self.is_sound = is_sound
        #: The largest error of all, in units in the last place.
        self.max_ulp = max_ulp
        #: Every result is the number nearest to the truth.
        self.is_correctly_rounded = is_correctly_rounded

    def __str__(self):
        return self._text


def _numbers(value):
    """The same, with floats in place of the strings that stand for them."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return _NOT_FINITE.get(value, value) if isinstance(value, str) else value


def examine(
    callable, function="sigmoid", dtype="float32", *, stride=1009, points=1 << 20, probes=16, longest=100_003
):
    """Examines a function of one array against the truth, which is known to 90 bits and more.

    Parameters
    ----------
    callable : function of one array
        It is called with arrays of one dimension and the given dtype, at any alignment, and returns as many results of
        that dtype. What it returns may be anything that numpy.asarray takes.
    function : str
        What it should compute: sigmoid, sigmoid_derivative, silu, silu_derivative, quick_gelu, gelu_tanh, gelu, tanh,
        tanh_derivative, softplus, log_sigmoid or logit.
    dtype : str or dtype
        float32, float64, float16 or bfloat16 (of ml_dtypes). Of the last two every number is tried.
    stride : int
        Of float32 every stride-th bit pattern is tried; 1 tries all 2^32, which takes minutes.
    points : int
        How many float64 are tried.
    probes : int
        How many times 4096 elements are asked for again in other places, in some 130 calls each.
    longest : int
        The length of the longest array that is asked for.

    Returns
    -------
    Report
        A dict, as str() a page of text: the largest errors in units in the last place, region by region, with the
        input that shows each; how many results are not correctly rounded; which laws are broken, with an example of
        each; a digest of all results. `is_sound`, `max_ulp` and `is_correctly_rounded` are its sum.

    Raises
    ------
    ValueError
        If the function or the dtype is unknown, or the callable returns another number of results.
    TypeError
        If it returns another dtype.

    What the callable raises ends the examination.
    """
    dtype = np.dtype(dtype)

    def call(x):
        y = np.asarray(callable(x))
        if y.dtype != dtype:
            raise TypeError(f"the function returned {y.dtype} where {dtype} was asked for")
        if y.shape != x.shape:
            raise ValueError(f"the function returned the shape {y.shape} for an input of {x.shape}")
        return np.ascontiguousarray(y)

    text, contents, *verdict = _sigmoid.examine(call, function, dtype.name, (stride, points, probes, longest))
    return Report(text, _numbers(json.loads(contents)), *verdict)
