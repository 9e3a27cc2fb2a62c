"""The checker, from Python."""

import json

import numpy as np
import pytest
import sigmoid
from sigmoid.conformance import examine

FEW = dict(stride=200_003, points=20_000, probes=1, longest=3000)


def naive(x):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))


def test_a_report_is_text_and_a_dict():
    report = examine(naive, "sigmoid", "float32", **FEW)
    assert report["function"] == "sigmoid" and report["format"] == "f32" and report["inputs"] > 20_000
    assert report["regions"][0]["worst"]["ulp"] == report.max_ulp > 1e5
    assert report["subnormals_kept"]["broken"] > 0 and not report.is_correctly_rounded
    assert "BROKEN" in str(report) and "sigmoid in f32" in str(report) and report["digest"] in str(report)
    assert json.loads(json.dumps(report)) == report


def test_exact_is_exact():
    for dtype in ["float32", np.float64, np.dtype("float64")]:
        report = examine(sigmoid.sigmoid_exact, dtype=dtype, **FEW)
        assert report.is_sound and report.is_correctly_rounded and report.max_ulp <= 0.5


def test_half_precision_is_judged_number_by_number():
    report = examine(sigmoid.sigmoid, dtype="float16", **FEW)
    assert report.is_sound and report.is_correctly_rounded and report["inputs"] == 65_536
    # As mostly written, e^-x overflows where s is a number yet.
    report = examine(naive, dtype=np.float16, **FEW)
    assert not report.is_correctly_rounded and report["not_correctly_rounded"] > 1000

    ml_dtypes = pytest.importorskip("ml_dtypes")
    for function in ["sigmoid", "silu", "tanh", "quick_gelu"]:
        report = examine(getattr(sigmoid, function), function, ml_dtypes.bfloat16, **FEW)
        assert report.is_sound and report.is_correctly_rounded and report["inputs"] == 65_536


def test_faults_are_seen():
    def of_nan(x):
        return np.nan_to_num(sigmoid.sigmoid(x), nan=0.25)

    def of_alignment(x):
        y = sigmoid.sigmoid(x)
        return y if x.__array_interface__["data"][0] % 64 == 0 else np.nextafter(y, np.float32(0.5))

    def of_length(x):
        return sigmoid.sigmoid(x) if len(x) % 16 == 0 else np.nextafter(sigmoid.sigmoid(x), np.float32(0.5))

    assert not examine(of_nan, **FEW).is_sound
    assert examine(of_nan, **FEW)["nan"]["broken"] > 0
    assert examine(of_alignment, **FEW)["place"]["broken"] > 0
    assert examine(of_length, **FEW)["place"]["broken"] > 0
    report = examine(lambda x: np.full_like(x, np.inf), **FEW)
    assert report.max_ulp == np.inf and report["range"]["broken"] > 0


def test_what_the_function_did_stays_its_own():
    """It gets a copy: to write to it or keep it does no harm."""
    kept = []

    def writes(x):
        y = sigmoid.sigmoid(x)
        x[:] = 7
        kept.append(x)
        return y

    assert examine(writes, **FEW).is_sound
    assert all(np.all(x == 7) for x in kept)


def test_errors():
    with pytest.raises(ValueError, match="unknown|no function|not"):
        examine(naive, "cosine", **FEW)
    with pytest.raises(ValueError, match="float16 or bfloat16, and is longdouble|and is float128"):
        examine(naive, dtype="longdouble", **FEW)
    with pytest.raises(TypeError, match="returned float64 where float32"):
        examine(lambda x: naive(x).astype("float64"), **FEW)
    with pytest.raises(ValueError, match="shape"):
        examine(lambda x: naive(x)[:-1], **FEW)
    with pytest.raises(ValueError, match="stride of 0"):
        examine(naive, **(FEW | {"stride": 0}))
    with pytest.raises(ZeroDivisionError):
        examine(lambda x: 1 // 0, **FEW)
    with pytest.raises(TypeError, match="not callable"):
        examine(None, **FEW)
