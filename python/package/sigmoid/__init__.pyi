import numpy as np

from . import conformance as conformance

__version__: str

# Of one input. NumPy's own stubs say what a ufunc takes and returns.
sigmoid: np.ufunc
"""s(x) = 1 / (1 + exp(-x))"""
expit: np.ufunc
"""s(x), by SciPy's name"""
sigmoid_derivative: np.ufunc
"""s'(x) = s(x) (1 - s(x))"""
sigmoid_exact: np.ufunc
"""s(x), correctly rounded"""
sigmoid_derivative_exact: np.ufunc
"""s'(x), correctly rounded"""
silu: np.ufunc
"""x s(x)"""
quick_gelu: np.ufunc
"""x s(1.702 x)"""
gelu_tanh: np.ufunc
"""x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))"""
tanh: np.ufunc
"""The hyperbolic tangent"""
softplus: np.ufunc
"""ln(1 + exp(x))"""
log_sigmoid: np.ufunc
"""ln s(x)"""
log_expit: np.ufunc
"""ln s(x), by SciPy's name"""
logit: np.ufunc
"""ln(p / (1 - p))"""

# Of two inputs.
swiglu: np.ufunc
"""gate s(gate) up"""
glu: np.ufunc
"""a s(b)"""
bce_with_logits: np.ufunc
"""max(x, 0) - x z + ln(1 + exp(-|x|)), of a logit x and a label z"""

bounds: dict[str, dict[str, float]]
"""By ufunc and dtype: the largest error on this machine, in units in the last place."""

def set_num_threads(n: int, /) -> None:
    """Lets calls with 256 KiB of contiguous output or more use n threads, which are started here; 1, as at first, ends
    them.

    Raises ValueError if n is 0, RuntimeError if the threads cannot be started, or if this process was forked from one
    that has threads and n is not 1.
    """

def get_num_threads() -> int:
    """How many threads long calls use."""
