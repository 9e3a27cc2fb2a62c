"""They are ufuncs: shapes, strides, overlap, `out=`, `where=`, types, errors; and the same bits whatever the way."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import sigmoid
from truth import NAMES, OF_ONE, OF_TWO, UFUNCS, inputs

DTYPES = ["float16", "float32", "float64"]


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def one_by_one(ufunc, *x):
    """The results of the elements by themselves."""
    x = np.broadcast_arrays(*x)
    y = np.empty(x[0].shape, ufunc(*(a.ravel()[:1] for a in x)).dtype)
    for index in np.ndindex(x[0].shape):
        y[index] = ufunc(*(a[index] for a in x))
    return y


def test_they_are_ufuncs():
    for ufunc in UFUNCS:
        assert isinstance(ufunc, np.ufunc) and ufunc.nout == 1
        assert ufunc.nin == (1 if ufunc.__name__ in OF_ONE else 2)
    assert sigmoid.expit is sigmoid.sigmoid and sigmoid.log_expit is sigmoid.log_sigmoid
    assert set(sigmoid.bounds) == set(NAMES)


def test_docstrings():
    for ufunc in UFUNCS:
        for part in ["Parameters", "shape", "Largest error", "float32", "NaN"]:
            assert part in ufunc.__doc__, (ufunc, part)
        assert ufunc.__doc__.startswith(f"{ufunc.__name__}(x")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_any_strides(name, dtype):
    ufunc = getattr(sigmoid, name)
    x = [a.reshape(6, 35, 10) for a in inputs(name, 2100, dtype)]
    expected = one_by_one(ufunc, *x)
    assert same_bits(ufunc(*x), expected)
    for view in [
        np.s_[::2],
        np.s_[:, ::-1],
        np.s_[..., ::3],
        np.s_[..., ::-3],
        np.s_[:, :7, 1:4],
        np.s_[::-1, ::-1, ::-1],
        np.s_[:, :, None, 4],
        np.s_[2:2],
        np.s_[3, 4, 5],
    ]:
        result = ufunc(*(a[view] for a in x))
        assert same_bits(np.asarray(result), np.ascontiguousarray(expected[view]).reshape(np.shape(result)))
        out = np.zeros_like(expected)
        ufunc(*(a[view] for a in x), out=out[view if isinstance(expected[view], np.ndarray) else np.s_[3:4, 4, 5]])
        assert same_bits(np.asarray(out[view]), np.asarray(expected[view]))
    transposed = ufunc(*(a.T for a in x))
    assert same_bits(np.ascontiguousarray(transposed.T), expected)
    # Strides of zero.
    assert same_bits(ufunc(*(np.broadcast_to(a[:1], a.shape) for a in x))[3], expected[0])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("length", [0, 1, 2, 3, 15, 16, 17, 63, 100, 1023, 1024, 1025, 5000])
def test_lengths(length, dtype):
    for name in NAMES:
        ufunc = getattr(sigmoid, name)
        x = inputs(name, 5001, dtype)
        whole = ufunc(*x)
        for start in (0, 1):
            assert same_bits(ufunc(*(a[start : start + length] for a in x)), whole[start : start + length])
            spread = [np.repeat(a[start : start + length], 2)[::2] for a in x]
            assert same_bits(ufunc(*spread), whole[start : start + length])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OF_ONE)
def test_overlap_of_one(name, dtype):
    ufunc = getattr(sigmoid, name)
    (x,) = inputs(name, 4000, dtype)
    expected = ufunc(x)
    for source, target in [
        (np.s_[:], np.s_[:]),
        (np.s_[1:], np.s_[:-1]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[7:], np.s_[:-7]),
        (np.s_[::-1], np.s_[:]),
        (np.s_[::2], np.s_[::2]),
        (np.s_[::2], np.s_[:2000]),
        (np.s_[:2000], np.s_[::2]),
        (np.s_[::2], np.s_[1::2]),
        (np.s_[2000:], np.s_[:2000]),
    ]:
        memory = x.copy()
        result = ufunc(memory[source], out=memory[target])
        assert same_bits(np.ascontiguousarray(result), np.ascontiguousarray(expected[source])), (source, target)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OF_TWO)
def test_overlap_of_two(name, dtype):
    ufunc = getattr(sigmoid, name)
    x, z = inputs(name, 4000, dtype)
    z = np.abs(z).clip(0, 1)
    expected, with_itself = ufunc(x, z), ufunc(z, z)
    assert same_bits(ufunc(x, z, out=(first := x.copy())), expected) and same_bits(first, expected)
    second = z.copy()
    assert same_bits(ufunc(x, second, out=second), expected)
    both = z.copy()
    assert same_bits(ufunc(both, both), with_itself) and same_bits(ufunc(both, both, out=both), with_itself)
    for shift in (1, 5, 1500):
        memory = x.copy()
        assert same_bits(ufunc(memory[shift:], z[shift:], out=memory[:-shift]), expected[shift:])
        memory = z.copy()
        assert same_bits(ufunc(x[:-shift], memory[:-shift], out=memory[shift:]), expected[:-shift])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OF_TWO)
def test_each_result_is_the_next_input(name, dtype):
    """reduce and accumulate mean something else than a block at a time."""
    ufunc = getattr(sigmoid, name)
    _, z = inputs(name, 2500, dtype)
    z = np.abs(z).clip(0.1, 1)
    result, results = z[0], [z[0]]
    for element in z[1:]:
        result = ufunc(result, element)
        results.append(result)
    assert same_bits(ufunc.accumulate(z), np.array(results))
    assert ufunc.reduce(z) == result
    assert same_bits(ufunc.outer(z[:9], z[:7]), ufunc(z[:9, None], z[None, :7]))
    expected = z.copy()
    for index in [3, 3, 5]:
        expected[index] = ufunc(expected[index], z[0])
    ufunc.at(z, [3, 3, 5], z[0].copy())
    assert same_bits(z, expected)


def test_broadcasting():
    gate, up = inputs("swiglu", 30 * 40, "float32")
    gate, up = gate.reshape(30, 40), up[:40]
    expected = one_by_one(sigmoid.swiglu, gate, up)
    assert same_bits(sigmoid.swiglu(gate, up), expected)
    assert same_bits(sigmoid.swiglu(gate[:, :, None], up[:2]), one_by_one(sigmoid.swiglu, gate[:, :, None], up[:2]))
    assert same_bits(sigmoid.swiglu(gate, up[3]), sigmoid.swiglu(gate, np.full_like(gate, up[3])))
    assert same_bits(sigmoid.swiglu(gate[0, 0], up), sigmoid.swiglu(np.full_like(up, gate[0, 0]), up))
    assert sigmoid.swiglu(np.zeros((0, 3), "float32"), np.zeros(3, "float32")).shape == (0, 3)


@pytest.mark.parametrize("name", NAMES)
def test_where(name):
    ufunc = getattr(sigmoid, name)
    x = inputs(name, 3000, "float32")
    where = np.random.default_rng(2).uniform(size=3000) < 0.5
    out = np.full(3000, 7, "float32")
    assert ufunc(*x, out=out, where=where) is out
    assert same_bits(out, np.where(where, ufunc(*x), np.float32(7)))


def test_byte_order_and_alignment():
    for name in NAMES:
        ufunc = getattr(sigmoid, name)
        for dtype in DTYPES:
            x = inputs(name, 3000, dtype)
            expected = ufunc(*x)
            swapped = [a.astype(np.dtype(dtype).newbyteorder()) for a in x]
            assert same_bits(ufunc(*swapped), expected)
            out = np.empty_like(swapped[0])
            ufunc(*swapped, out=out)
            assert same_bits(out.astype(dtype), expected)
            unaligned = [np.frombuffer(b"\0" + a.tobytes(), dtype, offset=1) for a in x]
            assert not unaligned[0].flags.aligned
            assert same_bits(ufunc(*unaligned), expected)
            out = np.frombuffer(bytearray(1 + x[0].nbytes), dtype, offset=1)
            ufunc(*x, out=out)
            assert same_bits(out.copy(), expected)


@pytest.mark.parametrize("name", NAMES)
def test_integers_count_as_doubles(name):
    ufunc = getattr(sigmoid, name)
    for dtype in "?bBhHiIlLqQ":
        x = np.array([0, 1, 1, 0, 1], dtype) if name in ("logit", "bce_with_logits") else np.arange(5).astype(dtype)
        y = ufunc(*[x] * ufunc.nin)
        assert same_bits(y, ufunc(*[x.astype("float64")] * ufunc.nin)), dtype
        assert same_bits(ufunc(*[x[::-2]] * ufunc.nin), y[::-2].copy())
    assert type(ufunc(*[1] * ufunc.nin)) is np.float64
    assert type(ufunc(*[True] * ufunc.nin)) is np.float64
    assert sigmoid.sigmoid(np.int64(-700)) == sigmoid.sigmoid(-700.0) > 0


def test_scalars_do_not_widen():
    x = np.float32([1, 2])
    assert sigmoid.swiglu(x, 2).dtype == sigmoid.swiglu(x, 2.0).dtype == np.float32
    assert sigmoid.swiglu(x, np.float16(2)).dtype == np.float32
    assert sigmoid.swiglu(x.astype("float16"), x).dtype == np.float32
    assert sigmoid.swiglu(x.astype("float16"), 2.0).dtype == np.float16
    assert sigmoid.swiglu(x, np.float64([1, 2])).dtype == np.float64
    assert sigmoid.swiglu(x, np.int64([1, 2])).dtype == np.float64
    assert sigmoid.sigmoid(x, dtype="float64").dtype == np.float64
    assert sigmoid.sigmoid(np.float64([1, 2]), dtype="float32", casting="same_kind").dtype == np.float32


def test_zero_dimensions():
    for ufunc in UFUNCS:
        scalar = np.array(0.25, "float32")
        y = ufunc(*[scalar] * ufunc.nin)
        assert type(y) is np.float32 and y == ufunc(*[scalar[None]] * ufunc.nin)[0]
        out = np.empty((), "float32")
        assert ufunc(*[scalar] * ufunc.nin, out=out) is out and out == y
        assert ufunc(*[np.float16(0.25)] * ufunc.nin).dtype == np.float16
        assert type(ufunc(*[0.25] * ufunc.nin)) is np.float64


def test_lists_and_subclasses():
    assert sigmoid.sigmoid([[0, 0], [0, 0]]).tolist() == [[0.5, 0.5], [0.5, 0.5]]

    class Sub(np.ndarray):
        pass

    assert type(sigmoid.sigmoid(np.zeros(3).view(Sub))) is Sub


def test_masked_arrays():
    x = np.ma.array([0.0, np.inf, 2.0], mask=[False, True, False])
    y = sigmoid.sigmoid(x)
    assert isinstance(y, np.ma.MaskedArray)
    assert y.mask.tolist() == [False, True, False] and y[0] == 0.5 and y[2] == sigmoid.sigmoid(2.0)
    z = sigmoid.bce_with_logits(x, np.ma.array([0, 1, 1.0], mask=[True, False, False]))
    assert z.mask.tolist() == [True, True, False]


def test_pickle():
    for ufunc in UFUNCS:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(ufunc, protocol)) is ufunc
        # By the name that users have, and no private one.
        assert pickle.dumps(ufunc, 0).startswith(b"csigmoid\n")
    # In a process that knows nothing yet.
    script = "import pickle, sys; print(pickle.load(sys.stdin.buffer)([0.0])[0])"
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, input=pickle.dumps(sigmoid.expit), capture_output=True, check=True)
    assert result.stdout.decode().strip() == "0.5"


# The README has the same table.
@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda s, x: s.sigmoid(x.astype(complex)), TypeError, "not supported for the input types"),
        (lambda s, x: s.sigmoid(x.astype(object)), TypeError, "not supported for the input types|no callable|loop"),
        (lambda s, x: s.sigmoid(np.array(["a"])), TypeError, "did not contain a loop|not supported"),
        (lambda s, x: s.sigmoid(x.astype("datetime64[s]")), TypeError, "not supported for the input types"),
        (lambda s, x: s.sigmoid(x, out=np.zeros(3, int)), TypeError, "Cannot cast ufunc 'sigmoid' output"),
        (lambda s, x: s.sigmoid(x, out=np.zeros(4)), ValueError, "non-broadcastable output|could not be broadcast"),
        (lambda s, x: s.sigmoid(x, out=[0, 0, 0]), TypeError, "return arrays must be of ArrayType"),
        (lambda s, x: s.swiglu(x, np.zeros(4)), ValueError, "could not be broadcast together"),
        (lambda s, x: s.sigmoid(), TypeError, "takes from 1 to 2 positional arguments"),
        (lambda s, x: s.swiglu(x), TypeError, "takes from 2 to 3 positional arguments"),
        (lambda s, x: s.sigmoid(x, out=x, where=np.zeros(4, bool)), ValueError, "broadcast"),
        (lambda s, x: s.sigmoid(x, dtype="float16", casting="safe"), TypeError, "Cannot cast ufunc 'sigmoid' input"),
    ],
)
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call(sigmoid, np.zeros(3))


def test_long_doubles_have_no_loop():
    if np.finfo(np.longdouble).nmant == np.finfo(np.float64).nmant:
        pytest.skip("long double is double here")
    with pytest.raises(TypeError, match="not supported for the input types"):
        sigmoid.sigmoid(np.zeros(3, np.longdouble))


def test_nothing_is_written_where_it_must_not():
    for out, where in [(np.full(3, 7), True), (np.full(4, 7.0), True), (np.full(3, 7.0), np.ones(4, bool))]:
        with pytest.raises((TypeError, ValueError)):
            sigmoid.sigmoid(np.zeros(3), out=out, where=where)
        assert np.all(out == 7)
    out = np.full(3, 7.0)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        sigmoid.sigmoid(np.zeros(3), out=out)
    assert out.tolist() == [7, 7, 7]
    wide = np.full((4, 10), 7.0)
    sigmoid.sigmoid(np.zeros((4, 5)), out=wide[:, 2:7])
    assert np.all(wide[:, 2:7] == 0.5) and np.all(wide[:, :2] == 7) and np.all(wide[:, 7:] == 7)
