"""Half precision as arrays of NumPy. It has no bfloat16: those are the upper halves of float32, as uint16."""

import numpy as np

# What each format's arrays are made of.
ARRAYS = {"float32": np.float32, "float64": np.float64, "float16": np.float16, "bfloat16": np.uint16}


def from_single(x, dtype):
    """The nearest numbers of a format to those of float32, of which none is NaN."""
    if dtype != "bfloat16":
        return np.array(x, dtype=ARRAYS[dtype])
    bits = np.array(x, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def to_double(x):
    """The numbers of any such array."""
    if x.dtype == np.uint16:
        x = (x.astype(np.uint32) << 16).view(np.float32)
    return x.astype(np.float64)


def spacing(number, dtype):
    """The distance of neighbours there."""
    if dtype == np.uint16:
        return float(abs(np.spacing(np.float32(number)))) * 65536
    return float(abs(np.spacing(dtype.type(number))))
