"""The libraries that know ufuncs: pandas, polars, dask, xarray."""

import os

import numpy as np
import pytest
import sigmoid

X = np.linspace(-9, 9, 1001)
S = sigmoid.sigmoid(X)


def test_pandas():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(X, index=np.arange(1001) * 2, name="x")
    s = sigmoid.sigmoid(series)
    assert isinstance(s, pandas.Series) and s.name == "x" and s.index.equals(series.index)
    assert np.array_equal(s, S)
    frame = pandas.DataFrame({"a": X, "b": X[::-1]})
    assert np.array_equal(sigmoid.sigmoid(frame)["b"], S[::-1])
    # Two inputs are matched by their labels.
    shuffled = series.sample(frac=1, random_state=1)
    assert np.array_equal(sigmoid.swiglu(series, shuffled).loc[series.index], sigmoid.swiglu(X, X))


@pytest.mark.parametrize("dtype", ["Float32", "Float64", "Int64"])
def test_pandas_nullable(dtype):
    pandas = pytest.importorskip("pandas")
    s = sigmoid.sigmoid(pandas.Series([1, None, -2], dtype=dtype))
    assert s.dtype == ("Float32" if dtype == "Float32" else "Float64")
    assert s.isna().tolist() == [False, True, False]
    numbers = np.array([1, -2], "float32" if dtype == "Float32" else "float64")
    assert s.dropna().tolist() == sigmoid.sigmoid(numbers).tolist()


@pytest.mark.parametrize("dtype", ["float[pyarrow]", "double[pyarrow]"])
def test_pandas_arrow(dtype):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    s = sigmoid.sigmoid(pandas.Series([1.0, None, -2.0], dtype=dtype))
    assert s.isna().tolist() == [False, True, False]
    assert s.dtype == dtype
    assert s.dropna().tolist() == pytest.approx(sigmoid.sigmoid(np.array([1.0, -2.0])).tolist(), rel=1e-6)


def test_polars():
    polars = pytest.importorskip("polars")
    for dtype in [polars.Float32, polars.Float64]:
        s = sigmoid.sigmoid(polars.Series("x", [1.0, None, -2.0], dtype=dtype))
        assert isinstance(s, polars.Series) and s.dtype == dtype and s.null_count() == 1 and s[1] is None
        kind = np.float32 if dtype == polars.Float32 else np.float64
        assert [s[0], s[2]] == [float(sigmoid.sigmoid(kind(x))) for x in (1, -2)]
        assert sigmoid.swiglu(s, s).dtype == dtype


def test_polars_lazily_over_a_file(tmp_path):
    polars = pytest.importorskip("polars")
    file = tmp_path / "x.parquet"
    x = [None if i % 7 == 0 else v for i, v in enumerate(X)]
    polars.DataFrame({"x": x, "z": np.ones_like(X)}).write_parquet(file)
    lazy = polars.scan_parquet(file).select(
        s=sigmoid.sigmoid(polars.col("x")),
        loss=polars.struct("x", "z").map_batches(
            lambda pair: sigmoid.bce_with_logits(pair.struct["x"], pair.struct["z"]), return_dtype=polars.Float64
        ),
    )
    both = polars.scan_parquet(file).select(s=sigmoid.swiglu(polars.col("x"), polars.col("z"))).collect()
    assert both["s"].null_count() == 143 and both["s"][1] == sigmoid.swiglu(X[1], 1.0)
    frame = lazy.filter(polars.col("s") > 0.5).collect()
    kept = [v for i, v in enumerate(X) if i % 7 and v > 0]
    assert np.array_equal(frame["s"].to_numpy(), sigmoid.sigmoid(np.array(kept)))
    assert np.array_equal(frame["loss"].to_numpy(), sigmoid.bce_with_logits(np.array(kept), 1.0))
    assert lazy.collect()["s"].null_count() == 143


def test_dask_in_processes():
    dask_array = pytest.importorskip("dask.array")
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=None
    )
    with cluster, distributed.Client(cluster) as client:
        workers = set(client.run(os.getpid).values())
        assert len(workers) == 2 and os.getpid() not in workers
        x = dask_array.from_array(X, chunks=100)
        assert np.array_equal(sigmoid.sigmoid(x).compute(), S)
        assert np.array_equal(sigmoid.swiglu(x, x[::-1]).compute(), sigmoid.swiglu(X, X[::-1]))
        assert np.isclose(sigmoid.softplus(x).sum().compute(), sigmoid.softplus(X).sum())


def test_xarray():
    xarray = pytest.importorskip("xarray")
    array = xarray.DataArray(X.reshape(7, 143), dims=("row", "column"), coords={"row": np.arange(7)}, name="x")
    s = sigmoid.sigmoid(array)
    assert isinstance(s, xarray.DataArray) and s.dims == array.dims and np.array_equal(s.values.ravel(), S)
    # By the names of the dimensions.
    product = sigmoid.swiglu(array, array[:, 0])
    assert np.array_equal(product.values, sigmoid.swiglu(array.values, array.values[:, :1]))
