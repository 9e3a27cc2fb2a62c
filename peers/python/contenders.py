"""The Python contenders: a class for each, at the end a list of all.

`kernel` is given the operation and its inputs, x and for two of them the second one (else None). (bfloat16 is an array of
uint16: halves.py.)

A contender imports its library in its constructor, so that each is loaded only in the process that works
for it (worker.py). `kernel` gives a function of no arguments that computes once, or None if the library
cannot do what is asked, and a function that gives the results as a NumPy array.
"""

import os
import sys
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
    if op in ("softplus", "log-sigmoid"):
        return Tolerance(6, 4, "as mostly written, 1 + e^x is rounded")
    if op == "bce-with-logits":
        return Tolerance(24, 64, "softplus and x z cancel where the label is near 1")
    if op in ("silu", "swiglu"):
        return Tolerance(6, 0, "the error of s, and one rounding or two")
    return Tolerance(4, 0, "an exponential within 1 ULP, two more roundings")


class NumPy:
    """The formula, every step of it with out=."""

    name = "NumPy"
    note = (
        "`1 / (1 + exp(-x))` as four ufuncs with `out=`; the derivative is s (1 - s), two more; silu and swiglu are s "
        "times x and u; softplus is `logaddexp(0, x)`, the cross entropy a sum of that and x z; one thread only"
    )
    many_threads = False

    def __init__(self, threads):
        self.version = f"NumPy {np.__version__}"

    @staticmethod
    def tolerance(op):
        if not op.startswith("forward"):
            return of_the_formula(op)
        return Tolerance(5, 0, "its source says 2.52 ULP of its exponential in f32; two more roundings")

    def kernel(self, op, x, second):
        if x.dtype.itemsize == 2:
            return None
        y = x.copy() if op == "forward-in-place" else np.empty_like(x)
        rest = np.empty_like(x)
        zero = x.dtype.type(0)
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

        def silu():
            forward()
            np.multiply(y, x, out=y)

        def swiglu():
            silu()
            np.multiply(y, second, out=y)

        def softplus():
            np.logaddexp(zero, x, out=y)

        def log_sigmoid():
            np.negative(x, out=y)
            np.logaddexp(zero, y, out=y)
            np.negative(y, out=y)

        def bce_with_logits():
            softplus()
            np.multiply(x, second, out=rest)
            np.subtract(y, rest, out=y)

        return {
            "forward": forward,
            "forward-in-place": forward,
            "derivative": derivative,
            "silu": silu,
            "swiglu": swiglu,
            "softplus": softplus,
            "log-sigmoid": log_sigmoid,
            "bce-with-logits": bce_with_logits,
        }[op], lambda: y


class SciPy:
    """Its own logistic function."""

    name = "SciPy"
    note = "`scipy.special.expit(x, out=y)`, `log_expit`, `softplus`; none of the others; one thread only"
    many_threads = False
    tolerance = staticmethod(of_the_formula)

    def __init__(self, threads):
        import scipy
        from scipy import special

        self.version = f"SciPy {scipy.__version__}"
        self.functions = {
            "forward": special.expit,
            "forward-in-place": special.expit,
            "log-sigmoid": special.log_expit,
            "softplus": special.softplus,
        }

    def kernel(self, op, x, second):
        function = self.functions.get(op)
        if function is None or x.dtype.itemsize == 2:
            return None
        y = x.copy() if op == "forward-in-place" else np.empty_like(x)
        source = y if op == "forward-in-place" else x
        return lambda: function(source, out=y), lambda: y


class PyTorch:
    """Debian's build, with the instructions that it picks by itself."""

    name = "PyTorch"
    note = (
        "`torch.sigmoid(x, out=y)`, `y.sigmoid_()`, no gradients recorded; the derivative is the forward kernel and "
        "then `aten::sigmoid_backward` with gradients of 1; `silu`, times u for swiglu, `softplus`, `logsigmoid` and "
        "`binary_cross_entropy_with_logits` of `torch.nn.functional`, which allocate their results; bfloat16 likewise; on the "
        "CPU this release has no sigmoid of float16"
    )
    many_threads = True

    @staticmethod
    def tolerance(op):
        if op == "softplus":
            return Tolerance(6, 1e7, "from x = 20 on it gives x, whatever the format")
        return of_the_formula(op)

    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        capability = torch.__config__.show().split("CPU capability usage: ")[1].split("\n")[0]
        self.torch, self.version = torch, f"PyTorch {torch.__version__} ({capability})"
        self.check(capability)

    def check(self, capability):
        """Nothing to ask of the default."""

    def kernel(self, op, x, second):
        torch, functional = self.torch, self.torch.nn.functional
        if x.dtype == np.float16:
            return None
        dtype, is_bfloat16 = x.dtype, x.dtype == np.uint16

        def tensor(array):
            return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16) if is_bfloat16 else torch.from_numpy(array)

        def array(tensor):
            return tensor.view(torch.int16).numpy().view(dtype) if is_bfloat16 else tensor.numpy()

        x = tensor(x)
        if second is not None:
            second = tensor(second)
        of_family = {
            "silu": lambda: functional.silu(x),
            "swiglu": lambda: functional.silu(x) * second,
            "softplus": lambda: functional.softplus(x),
            "log-sigmoid": lambda: functional.logsigmoid(x),
            "bce-with-logits": lambda: functional.binary_cross_entropy_with_logits(x, second, reduction="none"),
        }.get(op)
        if of_family:
            return of_family, lambda: array(of_family())
        y = x.clone() if op == "forward-in-place" else torch.empty_like(x)
        if op == "forward-in-place":
            return y.sigmoid_, lambda: array(y)
        if op == "forward":
            return lambda: torch.sigmoid(x, out=y), lambda: array(y)
        ones, backward = torch.ones_like(x), torch.ops.aten.sigmoid_backward.grad_input

        def derivative():
            torch.sigmoid(x, out=y)
            backward(ones, y, grad_input=y)

        return derivative, lambda: array(y)


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
    note = (
        "a model of one Sigmoid node, input and output bound once (`run_with_iobinding`); not in place; no derivative; "
        "silu and swiglu of the nodes Sigmoid and Mul, which it joins as it likes; Softplus, and Neg for log s"
    )
    many_threads = True

    def __init__(self, threads):
        import onnxruntime

        self.runtime, self.version = onnxruntime, f"ONNX Runtime {onnxruntime.__version__}"
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1

    @staticmethod
    def tolerance(op):
        # silu is that times x, which is 80 in the test.
        absolute = 160 if op in ("silu", "swiglu") else 2
        return Tolerance(
            4, absolute, "a rational approximation in f32, 1 - s(-x) below 0 in f64: an absolute error only"
        )

    # The nodes of each model: what they do, from what, to what.
    nodes = {
        "forward": [("Sigmoid", "x", "y")],
        "silu": [("Sigmoid", "x", "s"), ("Mul", "xs", "y")],
        "swiglu": [("Sigmoid", "x", "s"), ("Mul", "xs", "t"), ("Mul", "tu", "y")],
        "softplus": [("Softplus", "x", "y")],
        "log-sigmoid": [("Neg", "x", "t"), ("Softplus", "t", "s"), ("Neg", "s", "y")],
    }

    def session(self, op, dtype):
        from onnx import TensorProto, helper

        number = {np.float32: TensorProto.FLOAT, np.float64: TensorProto.DOUBLE}[dtype.type]
        nodes = [helper.make_node(kind, list(inputs), [output]) for kind, inputs, output in self.nodes[op]]
        inputs = "xu" if op == "swiglu" else "x"
        ends = [helper.make_tensor_value_info(name, number, ["n"]) for name in inputs + "y"]
        graph = helper.make_graph(nodes, op, ends[:-1], ends[-1:])
        # Old enough for every ONNX Runtime, and Sigmoid has not changed since.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        return self.runtime.InferenceSession(
            model.SerializeToString(), self.options, providers=["CPUExecutionProvider"]
        )

    def kernel(self, op, x, second):
        # It has no Softplus of doubles.
        if op not in self.nodes or x.dtype.itemsize == 2 or (x.dtype == np.float64 and op in ("softplus", "log-sigmoid")):
            return None
        y, session = np.empty_like(x), self.session(op, x.dtype)
        binding = session.io_binding()
        binding.bind_input("x", "cpu", 0, x.dtype.type, x.shape, x.ctypes.data)
        if second is not None:
            binding.bind_input("u", "cpu", 0, x.dtype.type, x.shape, second.ctypes.data)
        binding.bind_output("y", "cpu", 0, x.dtype.type, y.shape, y.ctypes.data)
        return lambda: session.run_with_iobinding(binding), lambda: y


class Jax:
    """Compiled by XLA."""

    name = "JAX"
    note = (
        "`jit(jax.nn.sigmoid)` and `block_until_ready`, async dispatch off, which is faster; it allocates its result: arrays are never changed, so not in "
        "place; the derivative is `jit(vmap(grad(jax.nn.sigmoid)))`; `silu`, `softplus` and `log_sigmoid` of `jax.nn`, "
        "each in one `jit` with what swiglu and the cross entropy add; held to one thread by giving its process one CPU"
    )
    many_threads = True
    tolerance = staticmethod(of_the_formula)

    def __init__(self, threads):
        # Its pool has a thread for each CPU that the process may use, and no setting of its own.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
        import jax
        import ml_dtypes

        self.bfloat16 = ml_dtypes.bfloat16
        jax.config.update("jax_enable_x64", True)
        # Without it every call from some thousand elements on is handed to another thread, at 10 to 20
        # microseconds; that helps only whoever does something else before he waits.
        jax.config.update("jax_cpu_enable_async_dispatch", False)
        self.jax, self.version = jax, f"JAX {jax.__version__}"
        nn, sigmoid = jax.nn, jax.nn.sigmoid
        # Made once, for each is compiled once for each length.
        functions = {
            "forward": sigmoid,
            "derivative": jax.vmap(jax.grad(sigmoid)),
            "silu": nn.silu,
            "swiglu": lambda g, u: nn.silu(g) * u,
            "softplus": nn.softplus,
            "log-sigmoid": nn.log_sigmoid,
            "bce-with-logits": lambda x, label: nn.softplus(x) - x * label,
        }
        self.functions = {op: jax.jit(function) for op, function in functions.items()}

    environment = {"JAX_PLATFORMS": "cpu"}

    def kernel(self, op, x, second):
        jax = self.jax
        function = self.functions.get(op)
        if function is None:
            return None
        dtype = self.bfloat16 if x.dtype == np.uint16 else x.dtype
        inputs = [one.view(dtype).copy() for one in (x, second) if one is not None]
        # The device is the CPU, but the array is its own.
        inputs = [jax.device_put(one).block_until_ready() for one in inputs]
        return lambda: function(*inputs).block_until_ready(), lambda: np.asarray(function(*inputs)).view(x.dtype)


class LiteRt:
    """Today's XNNPACK, which TensorFlow Lite, now LiteRT, hands its models to."""

    name = "LiteRT"
    note = (
        "today's XNNPACK: a model of one LOGISTIC operator, all of it handed to the XNNPACK delegate (checked); "
        "input and output in the model's own memory; `Interpreter.invoke`; f32 only, not in place, no derivative; silu "
        "and swiglu are two and three operators, LOGISTIC and MUL; no softplus. The library cannot tell XNNPACK's "
        "version: that of LiteRT"
    )
    many_threads = True

    def __init__(self, threads):
        import ai_edge_litert
        import flatbuffers
        from ai_edge_litert import interpreter, schema_py_generated

        self.interpreter, self.schema, self.flatbuffers = interpreter, schema_py_generated, flatbuffers
        self.threads, self.version = threads, f"LiteRT {ai_edge_litert.__version__} (XNNPACK)"

    @staticmethod
    def tolerance(op):
        return Tolerance(6, 0, "it promises nothing; 3.5 ULP are known of its s in 2022, and a product or two")

    # The operators of each model: what they do, from what, to what.
    operators = {
        "forward": [("LOGISTIC", "x", "y")],
        "silu": [("LOGISTIC", "x", "s"), ("MUL", "xs", "y")],
        "swiglu": [("LOGISTIC", "x", "s"), ("MUL", "xs", "t"), ("MUL", "tu", "y")],
    }

    def model(self, operators, inputs, elements):
        """The model as a .tflite file holds it. A tensor's number is its place in `names`."""
        schema = self.schema
        names = [*inputs, *(output for _, _, output in operators)]
        kinds = sorted({kind for kind, _, _ in operators})
        graph, model = schema.SubGraphT(), schema.ModelT()
        graph.tensors, graph.operators, model.operatorCodes = [], [], []
        for name in names:
            tensor = schema.TensorT()
            tensor.name, tensor.shape, tensor.type, tensor.buffer = name, [elements], schema.TensorType.FLOAT32, 0
            graph.tensors.append(tensor)
        for kind in kinds:
            code = schema.OperatorCodeT()
            # Readers take the larger one; older ones know the deprecated one only.
            code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, kind)
            code.version = 1
            model.operatorCodes.append(code)
        for kind, sources, output in operators:
            operator = schema.OperatorT()
            operator.opcodeIndex = kinds.index(kind)
            operator.inputs, operator.outputs = [names.index(name) for name in sources], [names.index(output)]
            if kind == "MUL":
                operator.builtinOptionsType = schema.BuiltinOptions.MulOptions
                operator.builtinOptions = schema.MulOptionsT()
            graph.operators.append(operator)
        graph.inputs, graph.outputs = [names.index(name) for name in inputs], [names.index("y")]
        # The version of the format; buffer 0 is the empty one of all tensors without constants.
        model.version, model.subgraphs, model.buffers = 3, [graph], [schema.BufferT()]
        builder = self.flatbuffers.Builder()
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def kernel(self, op, x, second):
        if op not in self.operators or x.dtype != np.float32:
            return None
        inputs = "xu" if op == "swiglu" else "x"
        model = self.interpreter.Interpreter(
            model_content=self.model(self.operators[op], inputs, len(x)), num_threads=self.threads
        )
        model.allocate_tensors()
        ends = [[end["index"] for end in ends] for ends in (model.get_input_details(), model.get_output_details())]
        # Without the delegate it would be LiteRT's own kernels that are timed. One node of the delegate that
        # takes the model's inputs and gives its output leaves nothing for them.
        # It lists nodes in no public function.
        delegated = [node for node in model._get_ops_details() if node["op_name"] == "DELEGATE"]
        if [[sorted(node["inputs"]), list(node["outputs"])] for node in delegated] != [[sorted(ends[0]), ends[1]]]:
            raise RuntimeError(f"XNNPACK did not take all of {op}: {delegated}")
        for index, values in zip(ends[0], (x, second)):
            model.set_tensor(index, values)
        return model.invoke, lambda: model.get_tensor(ends[1][0])


class OpenVino:
    """Today's oneDNN, as far as it is in OpenVINO: its code of each function, in OpenVINO's loops."""

    name = "OpenVINO"
    note = (
        "today's oneDNN as OpenVINO has it: the code of the functions is that of its copy of oneDNN, the loop around "
        "them its own; a model of one Sigmoid, Swish or SoftPlus, input and output bound once (shared memory), "
        "`infer(share_outputs=True)`; hints of latency and f32; f32 only, for it computes f64 in f32; not in place, no "
        "derivative; swiglu is Swish and Multiply, log s Negative, SoftPlus, Negative, which it joins as it likes. The "
        "library cannot tell oneDNN's version: that of OpenVINO. One thread only: with two a vector takes it as long"
    )
    many_threads = False

    def __init__(self, threads):
        # To import OpenVINO is to send a message to a service that counts its users, unless this is not to be had.
        sys.modules["openvino_telemetry"] = None
        import openvino
        from openvino import opset13

        self.openvino, self.opset = openvino, opset13
        self.version = f"OpenVINO {openvino.__version__.split('-')[0]}"
        self.core = openvino.Core()
        self.settings = {
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
            # On CPUs that have bfloat16 it may take that for f32.
            "INFERENCE_PRECISION_HINT": "f32",
        }

    @staticmethod
    def tolerance(op):
        if op in ("softplus", "log-sigmoid"):
            return Tolerance(6, 128, "oneDNN adds n ln 2 and ln(2^-n + e^r), which cancel for x below 0")
        return Tolerance(8, 0, "it promises nothing; an exponential, two more roundings, a product")

    def model(self, op, elements):
        opset = self.opset
        x, u = [opset.parameter([elements], np.float32, name=name) for name in "xu"]
        y = {
            "forward": lambda: opset.sigmoid(x),
            "silu": lambda: opset.swish(x),
            "swiglu": lambda: opset.multiply(opset.swish(x), u),
            "softplus": lambda: opset.softplus(x),
            "log-sigmoid": lambda: opset.negative(opset.softplus(opset.negative(x))),
        }[op]()
        return self.openvino.Model([y], [x, u] if op == "swiglu" else [x], op)

    def kernel(self, op, x, second):
        if op not in ("forward", "silu", "swiglu", "softplus", "log-sigmoid") or x.dtype != np.float32:
            return None
        y, tensor = np.empty_like(x), self.openvino.Tensor
        request = self.core.compile_model(self.model(op, len(x)), "CPU", self.settings).create_infer_request()
        for index, values in enumerate(values for values in (x, second) if values is not None):
            request.set_input_tensor(index, tensor(values, shared_memory=True))
        request.set_output_tensor(tensor(y, shared_memory=True))

        # It does not keep the arrays alive, whose memory it has: the function does. Without share_outputs each call
        # would copy its results to a new array.
        def call(_arrays=(x, second, y)):
            request.infer(share_outputs=True)

        return call, lambda: y


ALL = {
    contender.name: contender
    for contender in [NumPy, SciPy, PyTorch, PyTorchAvx512, OnnxRuntime, LiteRt, OpenVino, Jax]
}
