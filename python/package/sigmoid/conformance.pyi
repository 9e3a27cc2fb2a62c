from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

class Report(dict[str, Any]):
    """What came of examining a function: a dict, and as str() a page of text."""

    is_sound: bool
    """NaN, infinities and the range are as they should be, and no result depends on its place."""
    max_ulp: float
    """The largest error of all, in units in the last place."""
    is_correctly_rounded: bool
    """Every result is the number nearest to the truth."""

    def __init__(
        self, text: str, contents: dict[str, Any], is_sound: bool, max_ulp: float, is_correctly_rounded: bool
    ) -> None: ...

def examine(
    callable: Callable[[np.ndarray[Any, Any]], ArrayLike],
    function: str = "sigmoid",
    dtype: DTypeLike = "float32",
    *,
    stride: int = 1009,
    points: int = ...,
    probes: int = 16,
    longest: int = 100_003,
) -> Report:
    """Examines a function of one array against the truth, which is known to 90 bits and more."""
