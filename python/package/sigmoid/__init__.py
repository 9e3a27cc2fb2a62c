"""The logistic sigmoid and what is made of it, as NumPy ufuncs.

    >>> import numpy as np, sigmoid
    >>> sigmoid.sigmoid(np.array([-np.inf, 0, np.inf]))
    array([0. , 0.5, 1. ])

Each takes and returns what any ufunc does: arrays of any shape and strides, scalars, masked arrays, columns of pandas
and polars, arrays of dask and xarray, CPU tensors of PyTorch; `out=`, `where=` and `dtype=` are NumPy's. float32,
float64, float16, and bfloat16 where ml_dtypes is installed; integers count as float64.

`bounds[name][dtype]` is the largest error on this machine, in units in the last place; `set_num_threads` lets long
calls use threads; `conformance.examine` judges anybody's function.
"""

from . import conformance
from ._sigmoid import __version__, bounds, get_num_threads, set_num_threads
from ._sigmoid import ufuncs as _ufuncs

sigmoid = _ufuncs["sigmoid"]
sigmoid_derivative = _ufuncs["sigmoid_derivative"]
sigmoid_exact = _ufuncs["sigmoid_exact"]
sigmoid_derivative_exact = _ufuncs["sigmoid_derivative_exact"]
silu = _ufuncs["silu"]
quick_gelu = _ufuncs["quick_gelu"]
gelu_tanh = _ufuncs["gelu_tanh"]
tanh = _ufuncs["tanh"]
softplus = _ufuncs["softplus"]
log_sigmoid = _ufuncs["log_sigmoid"]
logit = _ufuncs["logit"]
swiglu = _ufuncs["swiglu"]
glu = _ufuncs["glu"]
bce_with_logits = _ufuncs["bce_with_logits"]

# SciPy's names.
expit = sigmoid
log_expit = log_sigmoid

__all__ = [
    "__version__",
    "bce_with_logits",
    "bounds",
    "conformance",
    "expit",
    "gelu_tanh",
    "get_num_threads",
    "glu",
    "log_expit",
    "log_sigmoid",
    "logit",
    "quick_gelu",
    "set_num_threads",
    "sigmoid",
    "sigmoid_derivative",
    "sigmoid_derivative_exact",
    "sigmoid_exact",
    "silu",
    "softplus",
    "swiglu",
    "tanh",
]
