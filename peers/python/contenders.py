"""The Python contenders: a class for each, at the end a list of all.

A contender imports its library in its constructor, so that each is loaded only in the process that works
for it (worker.py). `kernel` gives a function of no arguments that computes once, or None if the library
cannot do what is asked, and a function that gives the results as a NumPy array.
"""

import os
import typing

import numpy as np


class Tolerance(typing.NamedTuple):
    """How far results may be from the truth in the test (test_contenders.py), and why that far."""

    # In units in the last place.
    ulp: float
    # Or this far, if that is further, in units of the format's epsilon (2^-23, 2^-52): for those that
    # promise absolute accuracy only.
    absolute: float
    why: str


def of_the_formula(op):
    """The tolerance of 1 / (1 + e^-x) in the arithmetic of the format, and of s (1 - s) over it."""
    if op == "derivative":
        return Tolerance(8, 2, "1 - s cancels: the error of s, a rounding of 1, stays")
    return Tolerance(4, 0, "an exponential within 1 ULP, two more roundings")


class NumPy:
    """The formula, every step of it with out=."""

    name = "NumPy"
    note = "`1 / (1 + exp(-x))` as four ufuncs with `out=`; the derivative is s (1 - s), two more; one thread only"
    many_threads = False

    def __init__(self, threads):
        self.version = f"NumPy {np.__version__}"

    @staticmethod
    def tolerance(op):
        if op == "derivative":
            return of_the_formula(op)
        return Tolerance(5, 0, "its source says 2.52 ULP of its exponential in f32; two more roundings")

    def kernel(self, op, x):
        y = x.copy() if op == "forward-in-place" else np.empty_like(x)
        rest = np.empty_like(x)
        one = x.dtype.type(1)
        source = y if op == "forward-in-place" else x

        def forward():
            np.negative(source, out=y)
            np.exp(y, out=y)
            np.add(y, one, out=y)
            np.divide(one, y, out=y)

        def derivative():
            forward()
            np.subtract(one, y, out=rest)
            np.multiply(y, rest, out=y)

        return derivative if op == "derivative" else forward, lambda: y


class SciPy:
    """Its own logistic function."""

    name = "SciPy"
    note = "`scipy.special.expit(x, out=y)`; no derivative; one thread only"
    many_threads = False
    tolerance = staticmethod(of_the_formula)

    def __init__(self, threads):
        import scipy
        from scipy.special import expit

        self.version, self.expit = f"SciPy {scipy.__version__}", expit

    def kernel(self, op, x):
        if op == "derivative":
            return None
        expit = self.expit
        y = x.copy() if op == "forward-in-place" else np.empty_like(x)
        source = y if op == "forward-in-place" else x
        return lambda: expit(source, out=y), lambda: y


class PyTorch:
    """Debian's build, with the instructions that it picks by itself."""

    name = "PyTorch"
    note = (
        "`torch.sigmoid(x, out=y)`, `y.sigmoid_()`, no gradients recorded; the derivative is the forward kernel and "
        "then `aten::sigmoid_backward` with gradients of 1"
    )
    many_threads = True
    tolerance = staticmethod(of_the_formula)

    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        capability = torch.__config__.show().split("CPU capability usage: ")[1].split("\n")[0]
        self.torch, self.version = torch, f"PyTorch {torch.__version__} ({capability})"
        self.check(capability)

    def check(self, capability):
        """Nothing to ask of the default."""

    def kernel(self, op, x):
        torch = self.torch
        x = torch.from_numpy(x)
        y = x.clone() if op == "forward-in-place" else torch.empty_like(x)
        if op == "forward-in-place":
            return y.sigmoid_, y.numpy
        if op == "forward":
            return lambda: torch.sigmoid(x, out=y), y.numpy
        ones, backward = torch.ones_like(x), torch.ops.aten.sigmoid_backward.grad_input

        def derivative():
            torch.sigmoid(x, out=y)
            backward(ones, y, grad_input=y)

        return derivative, y.numpy


class PyTorchAvx512(PyTorch):
    """The same, asked for AVX-512, which it does not pick by itself."""

    name = "PyTorch avx512"
    environment = {"ATEN_CPU_CAPABILITY": "avx512"}
    # Where the CPU has them, it must do as it is asked.
    instructions = {"avx512f", "avx512vl", "avx512bw", "avx512dq"}

    def check(self, capability):
        if capability != "AVX512":
            raise ImportError(f"it was asked for AVX-512 and took {capability}")


class OnnxRuntime:
    """A model of one node, its input and output bound to arrays."""

    name = "ONNX Runtime"
    note = "a model of one Sigmoid node, input and output bound once (`run_with_iobinding`); not in place; no derivative"
    many_threads = True

    def __init__(self, threads):
        import onnxruntime

        self.runtime, self.version = onnxruntime, f"ONNX Runtime {onnxruntime.__version__}"
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1

    @staticmethod
    def tolerance(op):
        return Tolerance(4, 2, "a rational approximation in f32, 1 - s(-x) below 0 in f64: an absolute error only")

    def session(self, dtype):
        from onnx import TensorProto, helper

        number = {np.float32: TensorProto.FLOAT, np.float64: TensorProto.DOUBLE}[dtype.type]
        node = helper.make_node("Sigmoid", ["x"], ["y"])
        ends = [helper.make_tensor_value_info(name, number, ["n"]) for name in "xy"]
        graph = helper.make_graph([node], "sigmoid", ends[:1], ends[1:])
        # Old enough for every ONNX Runtime, and Sigmoid has not changed since.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        return self.runtime.InferenceSession(
            model.SerializeToString(), self.options, providers=["CPUExecutionProvider"]
        )

    def kernel(self, op, x):
        if op != "forward":
            return None
        y, session = np.empty_like(x), self.session(x.dtype)
        binding = session.io_binding()
        binding.bind_input("x", "cpu", 0, x.dtype.type, x.shape, x.ctypes.data)
        binding.bind_output("y", "cpu", 0, x.dtype.type, y.shape, y.ctypes.data)
        return lambda: session.run_with_iobinding(binding), lambda: y


class Jax:
    """Compiled by XLA."""

    name = "JAX"
    note = (
        "`jit(jax.nn.sigmoid)` and `block_until_ready`, async dispatch off, which is faster; it allocates its result: arrays are never changed, so not in "
        "place; the derivative is `jit(vmap(grad(jax.nn.sigmoid)))`; held to one thread by giving its process one CPU"
    )
    many_threads = True
    tolerance = staticmethod(of_the_formula)

    def __init__(self, threads):
        # Its pool has a thread for each CPU that the process may use, and no setting of its own.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
        import jax

        jax.config.update("jax_enable_x64", True)
        # Without it every call from some thousand elements on is handed to another thread, at 10 to 20
        # microseconds; that helps only whoever does something else before he waits.
        jax.config.update("jax_cpu_enable_async_dispatch", False)
        self.jax, self.version = jax, f"JAX {jax.__version__}"
        sigmoid = jax.nn.sigmoid
        # Made once, for each is compiled once for each length.
        self.functions = {"forward": jax.jit(sigmoid), "derivative": jax.jit(jax.vmap(jax.grad(sigmoid)))}

    environment = {"JAX_PLATFORMS": "cpu"}

    def kernel(self, op, x):
        jax = self.jax
        function = self.functions.get(op)
        if function is None:
            return None
        # The device is the CPU, but the array is its own.
        x = jax.device_put(x.copy()).block_until_ready()
        return lambda: function(x).block_until_ready(), lambda: np.asarray(function(x))


ALL = {contender.name: contender for contender in [NumPy, SciPy, PyTorch, PyTorchAvx512, OnnxRuntime, Jax]}
