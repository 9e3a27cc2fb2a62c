"""Results against the truth: errors within the stated bounds, special values, every number of half precision."""

import numpy as np
import pytest
import sigmoid
from truth import LONG_IS_LONGER, NAMES, OF_ONE, inputs, largest_error, truth



def is_nan(x):
    with np.errstate(invalid="ignore"):  # (Of a bfloat16 NumPy says so.)
        return np.isnan(x.astype("float64"))


# The names by which the checker knows the ufuncs of one input.
CHECKED = {name: name.removesuffix("_exact") for name in OF_ONE}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_errors_are_within_the_bounds(name, dtype):
    if dtype == "float64" and not LONG_IS_LONGER:
        pytest.skip("the longest float of this machine cannot judge float64")
    x = inputs(name, 200_000, dtype)
    y = getattr(sigmoid, name)(*x)
    assert y.dtype == dtype
    # (The truth has 11 bits more than float64.)
    slack = 0.02 if dtype == "float64" else 0
    assert 0.4 < largest_error(y, truth(name, *x)) <= sigmoid.bounds[name][dtype] + slack


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OF_ONE)
def test_the_checker_finds_nothing(name, dtype):
    report = sigmoid.conformance.examine(
        getattr(sigmoid, name), CHECKED[name], dtype, stride=20_011, points=100_000, probes=2, longest=10_000
    )
    assert report.is_sound, report
    assert report.max_ulp <= sigmoid.bounds[name][dtype]
    assert report.is_correctly_rounded == name.endswith("_exact")


@pytest.mark.parametrize("name", NAMES)
def test_half_precision(name):
    """Every float16, of two inputs each with a few others."""
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    if name in OF_ONE:
        x = [every]
    else:
        others = np.float16([0.0, 0.3, 1.0] if name == "bce_with_logits" else [-2.5, 0.3, 1.0])
        x = np.broadcast_arrays(every, others[:, None])
    y = getattr(sigmoid, name)(*x)
    assert y.dtype == np.float16 and sigmoid.bounds[name]["float16"] < 0.501
    expected = truth(name, *x)
    assert largest_error(y, expected) <= sigmoid.bounds[name]["float16"] + 1e-9
    assert np.array_equal(is_nan(y), is_nan(expected) | is_nan(x[0]))


@pytest.mark.parametrize("name", NAMES)
def test_bfloat16(name):
    """Every bfloat16, likewise."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    every = np.arange(1 << 16, dtype=np.uint16).view(ml_dtypes.bfloat16)
    others = np.array([0.0, 0.3, 1.0], ml_dtypes.bfloat16)
    x = [every] if name in OF_ONE else np.broadcast_arrays(every, others[:, None])
    y = getattr(sigmoid, name)(*x)
    assert y.dtype == ml_dtypes.bfloat16 and sigmoid.bounds[name]["bfloat16"] < 0.501
    expected = truth(name, *x)
    assert largest_error(y, expected) <= sigmoid.bounds[name]["bfloat16"] + 1e-9
    assert np.array_equal(is_nan(y), is_nan(expected) | is_nan(x[0]))


def test_strided_bfloat16_and_mixtures():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.linspace(-8, 8, 300).astype(ml_dtypes.bfloat16)
    for name in NAMES:
        ufunc = getattr(sigmoid, name)
        arguments = [x] * ufunc.nin
        backwards = [x[::-3]] * ufunc.nin
        assert ufunc(*backwards).tobytes() == ufunc(*arguments)[::-3].tobytes(), name
    assert sigmoid.swiglu(x, x.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_special_values(dtype):
    x = np.array([-np.inf, -0.0, 0.0, np.inf, np.nan], dtype)
    nan = np.nan
    for name, expected in {
        "sigmoid": [0, 0.5, 0.5, 1, nan],
        "sigmoid_exact": [0, 0.5, 0.5, 1, nan],
        "sigmoid_derivative": [0, 0.25, 0.25, 0, nan],
        "sigmoid_derivative_exact": [0, 0.25, 0.25, 0, nan],
        "silu": [-0.0, -0.0, 0, np.inf, nan],
        "quick_gelu": [-0.0, -0.0, 0, np.inf, nan],
        "gelu_tanh": [-0.0, -0.0, 0, np.inf, nan],
        "tanh": [-1, -0.0, 0, 1, nan],
        "softplus": [0, np.log(2), np.log(2), np.inf, nan],
        "log_sigmoid": [-np.inf, -np.log(2), -np.log(2), -0.0, nan],
        "logit": [nan, -np.inf, -np.inf, nan, nan],
    }.items():
        y = getattr(sigmoid, name)(x)
        np.testing.assert_array_max_ulp(y, np.array(expected, dtype), maxulp=2)
        assert np.array_equal(np.signbit(y[:4]), np.signbit(np.float64(expected[:4]))) or name == "logit", name
    assert sigmoid.logit(np.array([0, 0.5, 1], dtype)).tolist() == [-np.inf, 0, np.inf]


def test_the_tail_is_kept():
    assert sigmoid.sigmoid(np.float32(-100)) == np.float32(3.783506e-44)
    assert sigmoid.sigmoid_derivative(np.float32(17)) > 4e-8  # s (1 - s) is 0 here


def test_what_scipy_has():
    special = pytest.importorskip("scipy.special")
    x = np.linspace(-700, 700, 100_001)
    p = np.linspace(0, 1, 100_001)
    np.testing.assert_allclose(sigmoid.expit(x), special.expit(x), rtol=1e-14)
    np.testing.assert_allclose(sigmoid.log_expit(x), special.log_expit(x), rtol=1e-14)
    np.testing.assert_allclose(sigmoid.logit(p), special.logit(p), rtol=1e-12, atol=1e-15)
