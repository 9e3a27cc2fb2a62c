"""Examines the sigmoids that people call from Python: SciPy's, PyTorch's where it is installed, and this one.

    python examples/examine.py             # a line for each
    python examples/examine.py --reports   # with the whole reports
"""

import sys

import sigmoid


def candidates():
    yield "sigmoid.sigmoid", sigmoid.sigmoid
    yield "sigmoid.sigmoid_exact", sigmoid.sigmoid_exact
    try:
        import scipy
    except ImportError:
        print("SciPy is not installed: left out")
    else:
        from scipy.special import expit

        yield f"scipy.special.expit {scipy.__version__}", expit
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: left out")
    else:
        yield f"torch.sigmoid {torch.__version__}", lambda x: torch.sigmoid(torch.from_numpy(x)).numpy()


def main():
    print(f"{'':28} {'dtype':8} {'largest error':>14}  {'not nearest':>11}  laws broken")
    for name, function in candidates():
        for dtype in ["float32", "float64"]:
            report = sigmoid.conformance.examine(function, "sigmoid", dtype)
            broken = [law for law, fate in report.items() if isinstance(fate, dict) and fate.get("broken")]
            share = report["not_correctly_rounded"] / report["inputs"]
            print(f"{name:28} {dtype:8} {report.max_ulp:10.4g} ULP  {share:11.2%}  {', '.join(broken) or 'none'}")
            if "--reports" in sys.argv:
                print(f"\n{report}")


if __name__ == "__main__":
    main()
