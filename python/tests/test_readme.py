"""What the README shows, as it stands there."""

import pathlib
import re

import pytest

README = pathlib.Path(__file__).parent.parent / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def block(start):
    (found,) = [block for block in BLOCKS if block.startswith(start)]
    return found


def test_use():
    names = {}
    exec(block("import numpy"), names)
    x = names["x"]
    assert x.dtype == "float32" and 0.01 < x[0] < 0.02 and x[1] == -3  # every second one, in place


def test_the_checker():
    scipy = pytest.importorskip("scipy")
    import scipy.special

    import sigmoid

    names = {"scipy": scipy, "sigmoid": sigmoid}
    exec(block("report ="), names)
    assert names["report"].is_sound


def test_autograd():
    torch = pytest.importorskip("torch")
    import sigmoid

    names = {"torch": torch, "sigmoid": sigmoid}
    exec(block("class Sigmoid"), names)
    x = torch.randn(5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(names["Sigmoid"].apply, (x,))
