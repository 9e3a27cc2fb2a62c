"""Tests of the operators and of the script that rewrites models: python test_operators.py LIBRARY

Models are made here; what is right is computed in double precision.
"""

import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper

import sigmoid_onnx

LIBRARY = sys.argv.pop(1) if __name__ == "__main__" else None
TYPES = {"float": TensorProto.FLOAT, "double": TensorProto.DOUBLE, "float16": TensorProto.FLOAT16}
NUMPY = {"float": np.float32, "double": np.float64, "float16": np.float16}
ALL = [("Sigmoid", 1), ("Silu", 1), ("Softplus", 1), ("SwiGLU", 2)]


def session(model, library=True, **options):
    settings = ort.SessionOptions()
    settings.log_severity_level = 4
    settings.intra_op_num_threads = 1
    for name, value in options.items():
        setattr(settings, name, value)
    if library:
        settings.register_custom_ops_library(LIBRARY)
    model = model if isinstance(model, str) else model.SerializeToString()
    return ort.InferenceSession(model, settings, providers=["CPUExecutionProvider"])


def model_of(nodes, inputs, outputs, domain=True, kind=TensorProto.FLOAT, shape=None, opset=13):
    value = lambda name: helper.make_tensor_value_info(name, kind, shape)
    graph = helper.make_graph(nodes, "graph", [value(name) for name in inputs], [value(name) for name in outputs])
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid("sigmoid", 1)] * domain
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def one_node(name, count, kind, shape=None):
    inputs = ["x", "z"][:count]
    return model_of([helper.make_node(name, inputs, ["y"], domain="sigmoid")], inputs, ["y"], kind=kind, shape=shape)


def truth(name, x, z):
    x, z = x.astype(np.float64), z.astype(np.float64)
    with np.errstate(over="ignore"):
        s = np.where(x < 0, np.exp(np.minimum(x, 0)) / (1 + np.exp(np.minimum(x, 0))), 1 / (1 + np.exp(-np.abs(x))))
        return {
            "Sigmoid": s,
            "Silu": x * s,
            "Softplus": np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
            "SwiGLU": x * s * z,
        }[name]


class Operators(unittest.TestCase):
    def test_values(self):
        x = np.concatenate([np.linspace(-20, 20, 4001), [-100, -50, 30, 80, 0.0, -0.0]])
        z = np.linspace(-3, 3, x.size)
        for kind, digits in (("float", 24), ("double", 53), ("float16", 11)):
            for name, count in ALL:
                inputs = {"x": x.astype(NUMPY[kind]), "z": z.astype(NUMPY[kind])}
                feed = dict(list(inputs.items())[:count])
                (got,) = session(one_node(name, count, TYPES[kind])).run(None, feed)
                right = truth(name, *inputs.values())
                self.assertEqual(got.dtype, NUMPY[kind])
                # (The test's own truth is in double precision, and has errors of its own.)
                smallest = float(np.finfo(NUMPY[kind]).smallest_subnormal)
                error = np.abs(got.astype(np.float64) - right) / np.maximum(np.abs(right) * 2.0**-digits, smallest)
                self.assertLess(error.max(), 8 if kind == "double" else 4, f"{name} {kind}")

    def test_bfloat16(self):
        # (NumPy has no such type: the model converts.)
        nodes = [
            helper.make_node("Cast", ["x"], ["b"], to=TensorProto.BFLOAT16),
            helper.make_node("Silu", ["b"], ["c"], domain="sigmoid"),
            helper.make_node("Cast", ["c"], ["y"], to=TensorProto.FLOAT),
        ]
        (got,) = session(model_of(nodes, ["x"], ["y"])).run(None, {"x": np.array([1, -4, 0.5], np.float32)})
        self.assertEqual(got.tolist(), [0.73046875, -0.07177734375, 0.310546875])

    def test_softplus_of_16_bits(self):
        # Rounded once from f32, at every place of the buffer.
        for kind in (TensorProto.FLOAT16, TensorProto.BFLOAT16):
            nodes = [
                helper.make_node("Cast", ["x"], ["a"], to=kind),
                helper.make_node("Softplus", ["a"], ["b"], domain="sigmoid"),
                helper.make_node("Cast", ["b"], ["y"], to=TensorProto.FLOAT),
                helper.make_node("Cast", ["a"], ["wide"], to=TensorProto.FLOAT),
                helper.make_node("Softplus", ["wide"], ["c"], domain="sigmoid"),
                helper.make_node("Cast", ["c"], ["d"], to=kind),
                helper.make_node("Cast", ["d"], ["z"], to=TensorProto.FLOAT),
            ]
            softplus = session(model_of(nodes, ["x"], ["y", "z"]))
            for length in (0, 1, 511, 512, 513, 2000):
                y, z = softplus.run(None, {"x": np.linspace(-12, 20, length, dtype=np.float32)})
                self.assertEqual(y.tobytes(), z.tobytes())
            self.assertTrue(np.isnan(softplus.run(None, {"x": np.array([np.nan], np.float32)})[0][0]))

    def test_special_values(self):
        x = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, -3e38, 3e38], np.float32)
        of = lambda name: session(one_node(name, 1, TensorProto.FLOAT)).run(None, {"x": x})[0].tolist()
        self.assertEqual(str(of("Sigmoid")), str([np.nan, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0]))
        silu = of("Silu")
        self.assertEqual(str(silu[:4]), str([np.nan, np.inf, -0.0, -0.0]))
        self.assertEqual((silu[5], silu[6]), (-0.0, float(np.float32(3e38))))

    def test_the_tail(self):
        x = {"x": np.array([-100.0], np.float32)}
        (ours,) = session(one_node("Sigmoid", 1, TensorProto.FLOAT)).run(None, x)
        (theirs,) = session(model_of([helper.make_node("Sigmoid", ["x"], ["y"])], "x", "y", domain=False)).run(None, x)
        self.assertEqual(ours[0], np.float32(np.exp(-100.0)))
        # If this fails, ONNX Runtime has learnt it, and the README should say so.
        self.assertEqual(theirs[0], 0.0)

    def test_shapes(self):
        for shape in [(), (0,), (1,), (3, 0, 2), (2, 3, 5, 7), (1, 1, 1, 1, 1, 1, 33)]:
            x = np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
            for name, count in ALL:
                feed = dict(list({"x": x, "z": np.asarray(x + 1, np.float32)}.items())[:count])
                model = one_node(name, count, TensorProto.FLOAT, shape=[None] * len(shape))
                (got,) = session(model).run(None, feed)
                self.assertEqual(got.shape, shape)

    def test_every_length(self):
        silu = session(one_node("Silu", 1, TensorProto.FLOAT))
        x = np.linspace(-9, 9, 300, dtype=np.float32)
        (whole,) = silu.run(None, {"x": x})
        for length in range(300):
            (got,) = silu.run(None, {"x": x[:length]})
            self.assertEqual(got.tobytes(), whole[:length].tobytes())

    def test_one_tensor_as_both_inputs(self):
        nodes = [helper.make_node("SwiGLU", ["x", "x"], ["y"], domain="sigmoid")]
        (got,) = session(model_of(nodes, ["x"], ["y"])).run(None, {"x": np.array([1, 2], np.float32)})
        self.assertEqual(got.tolist(), [0.7310585975646973, 3.5231883525848389])

    def test_shapes_are_inferred(self):
        # The type of the result is given by nobody but the operator, and Shape is computed when the model is loaded.
        nodes = [
            helper.make_node("Silu", ["x"], ["c"], domain="sigmoid"),
            helper.make_node("Silu", ["c"], ["y"], domain="sigmoid"),
        ]
        model = model_of(nodes, ["x"], ["y"], shape=[2, 3])
        del model.graph.output[:]
        model.graph.output.append(helper.make_empty_tensor_value_info("y"))
        self.assertEqual(session(model).get_outputs()[0].shape, [2, 3])

    def test_shapes_that_nobody_knows(self):
        # (An input says of which shape it is to be.)
        nodes = [
            helper.make_node("Reshape", ["x", "shape"], ["a"]),
            helper.make_node("Silu", ["a"], ["y"], domain="sigmoid"),
        ]
        model = model_of(nodes, ["x"], ["y"])
        model.graph.input.append(helper.make_tensor_value_info("shape", TensorProto.INT64, ["rank"]))
        silu = session(model)
        for shape in ((6,), (2, 3), (1, 3, 2)):
            feed = {"x": np.ones(6, np.float32), "shape": np.array(shape)}
            self.assertEqual(silu.run(None, feed)[0].shape, shape)

    def test_several_threads(self):
        silu = session(one_node("Silu", 1, TensorProto.FLOAT), intra_op_num_threads=4)
        x = np.linspace(-9, 9, 1 << 20, dtype=np.float32)
        self.assertTrue((silu.run(None, {"x": x})[0] == session(one_node("Silu", 1, 1)).run(None, {"x": x})[0]).all())

    def test_two_sessions(self):
        first, second = (session(one_node("Sigmoid", 1, TensorProto.FLOAT)) for _ in range(2))
        del first
        self.assertEqual(second.run(None, {"x": np.zeros(1, np.float32)})[0][0], 0.5)


class Errors(unittest.TestCase):
    """What the README's table says."""

    def test_types(self):
        for name in ("Sigmoid", "Softplus"):
            with self.assertRaisesRegex(Exception, "Type .*tensor.* of input parameter"):
                session(one_node(name, 1, TensorProto.INT64))

    def test_different_types(self):
        model = one_node("SwiGLU", 2, TensorProto.FLOAT)
        model.graph.input[1].type.tensor_type.elem_type = TensorProto.DOUBLE
        with self.assertRaisesRegex(Exception, "SwiGLU"):
            session(model)

    def test_different_shapes(self):
        swiglu = session(one_node("SwiGLU", 2, TensorProto.FLOAT))
        for x, z in (((2, 3), (3, 2)), ((4,), (1,)), ((2,), (2, 1)), ((0,), (1,))):
            with self.assertRaisesRegex(Exception, "the inputs must have one shape, but the first has"):
                swiglu.run(None, {"x": np.zeros(x, np.float32), "z": np.zeros(z, np.float32)})

    def test_misaligned(self):
        x = np.zeros(4 * 10 + 1, np.uint8)[1:].view(np.float32)
        with self.assertRaisesRegex(Exception, "not aligned to the 4 bytes of its elements"):
            session(one_node("Silu", 1, TensorProto.FLOAT)).run(None, {"x": x})

    def test_number_of_inputs(self):
        for count, name in ((1, "SwiGLU"), (2, "Silu")):
            with self.assertRaises(Exception):
                session(one_node(name, count, TensorProto.FLOAT))

    def test_without_the_library(self):
        with self.assertRaisesRegex(Exception, "sigmoid"):
            session(one_node("Silu", 1, TensorProto.FLOAT), library=False)

    def test_unknown_operator(self):
        with self.assertRaisesRegex(Exception, "Swish"):
            session(one_node("Swish", 1, TensorProto.FLOAT))


class Rewriting(unittest.TestCase):
    def gate(self):
        make = helper.make_node
        return [
            make("Sigmoid", ["g"], ["s"]),
            make("Mul", ["s", "g"], ["silu"]),
            make("Mul", ["silu", "u"], ["gated"]),
            make("Softplus", ["gated"], ["soft"]),
            make("Sigmoid", ["soft"], ["y"]),
        ]

    def kinds(self, model):
        return [(node.domain, node.op_type) for node in model.graph.node]

    def test_there_and_back(self):
        model = model_of(self.gate(), ["g", "u"], ["y"], domain=False, shape=["n"])
        feed = {name: np.linspace(-8, a, 500, dtype=np.float32) for name, a in (("g", 8), ("u", 3))}
        (before,) = session(model, library=False).run(None, feed)

        self.assertEqual(sigmoid_onnx.forth(model), 5)
        onnx.checker.check_model(model)
        self.assertEqual(self.kinds(model), [("sigmoid", kind) for kind in ("SwiGLU", "Softplus", "Sigmoid")])
        (ours,) = session(model).run(None, feed)
        np.testing.assert_allclose(ours, before, rtol=2e-6)

        self.assertEqual(sigmoid_onnx.back(model), 3)
        onnx.checker.check_model(model)
        self.assertEqual(self.kinds(model), [("", node.op_type) for node in self.gate()])
        self.assertEqual([opset.domain for opset in model.opset_import], [""])
        self.assertEqual(session(model, library=False).run(None, feed)[0].tobytes(), before.tobytes())

    def test_what_others_read_stays(self):
        for output in ("s", "silu"):
            model = model_of(self.gate(), ["g", "u"], ["y", output], domain=False, shape=["n"])
            sigmoid_onnx.forth(model)
            self.assertNotIn(("sigmoid", "SwiGLU"), self.kinds(model))
            session(model).run(None, {name: np.ones(3, np.float32) for name in ("g", "u")})
        nodes = self.gate() + [helper.make_node("Neg", ["s"], ["negative"])]
        model = model_of(nodes, ["g", "u"], ["y", "negative"], domain=False, shape=["n"])
        sigmoid_onnx.forth(model)
        self.assertEqual(self.kinds(model)[:3], [("sigmoid", "Sigmoid"), ("", "Mul"), ("", "Mul")])

    def test_a_product_with_something_else_is_none(self):
        nodes = [helper.make_node("Sigmoid", ["a"], ["s"]), helper.make_node("Mul", ["s", "b"], ["y"])]
        model = model_of(nodes, ["a", "b"], ["y"], domain=False)
        sigmoid_onnx.forth(model)
        self.assertEqual(self.kinds(model), [("sigmoid", "Sigmoid"), ("", "Mul")])

    def test_the_square_of_a_silu(self):
        nodes = self.gate()[:2] + [helper.make_node("Mul", ["silu", "silu"], ["y"])]
        model = model_of(nodes, ["g"], ["y"], domain=False, shape=["n"])
        sigmoid_onnx.forth(model)
        self.assertEqual(self.kinds(model), [("sigmoid", "Silu"), ("", "Mul")])
        self.assertAlmostEqual(session(model).run(None, {"g": np.ones(1, np.float32)})[0][0], 0.7310586**2, 6)

    def test_graphs_within(self):
        inner = lambda name: helper.make_graph(
            [helper.make_node("Sigmoid", ["x"], [name]), helper.make_node("Mul", ["x", name], [f"{name}2"])],
            name,
            [],
            [helper.make_tensor_value_info(f"{name}2", TensorProto.FLOAT, None)],
        )
        condition = helper.make_tensor_value_info("condition", TensorProto.BOOL, [])
        node = helper.make_node("If", ["condition"], ["y"], then_branch=inner("then"), else_branch=inner("else"))
        model = model_of([node], ["x"], ["y"], domain=False)
        model.graph.input.append(condition)
        self.assertEqual(sigmoid_onnx.forth(model), 4)
        feed = {"x": np.ones(1, np.float32), "condition": np.array(True)}
        self.assertAlmostEqual(float(session(model).run(None, feed)[0][0]), 0.7310586, 6)
        self.assertEqual(sigmoid_onnx.back(model), 2)
        self.assertAlmostEqual(float(session(model, library=False).run(None, feed)[0][0]), 0.7310586, 6)

    def test_gates_that_broadcast_or_may_stay(self):
        # What one runs, the other does, too.
        silu, gate, up = [("sigmoid", "Silu"), ("", "Mul")], ["n", 4], np.ones((2, 4), np.float32)
        for shape, right in ((["n", 1], up[:, :1]), ([4], up[0]), (["m", 4], up), ([None, 4], up), ([], up[0, 0])):
            model = model_of(self.gate()[:2] + [helper.make_node("Mul", ["silu", "u"], ["y"])], "gu", "y", domain=False)
            for value, dimensions in zip(model.graph.input, (gate, shape)):
                value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, dimensions))
            feed = {"g": up * 3, "u": np.asarray(right)}
            (before,) = session(model, library=False).run(None, feed)
            self.assertEqual(sigmoid_onnx.forth(model), 2)
            self.assertEqual(self.kinds(model), silu)
            np.testing.assert_allclose(session(model).run(None, feed)[0], before, rtol=2e-6)

    def weighted(self, kind="MatMul", widths=(5, 5), **attributes):
        """Gate and up as products with weights, of as many rows as nobody knows."""
        make = helper.make_node
        nodes = [make(kind, ["x", "w"], ["g"], **attributes), make(kind, ["x", "v"], ["u"], **attributes)]
        nodes += self.gate()[:2] + [make("Mul", ["u", "silu"], ["y"])]
        model = model_of(nodes, ["x"], ["y"], domain=False, shape=[None, 3])
        del model.graph.output[0].type.tensor_type.shape.dim[:]
        model.graph.output[0].type.tensor_type.ClearField("shape")
        for name, width in zip("wv", widths):
            weights = np.linspace(-1, 1, 3 * width, dtype=np.float32).reshape(3, width)
            model.graph.initializer.append(onnx.numpy_helper.from_array(weights, name))
        return model

    def test_gates_of_rows_that_nobody_counts(self):
        feed = {"x": np.linspace(-8, 8, 21, dtype=np.float32).reshape(7, 3)}
        for kind, attributes in (("MatMul", {}), ("Gemm", {"alpha": 0.5})):
            model = self.weighted(kind, **attributes)
            (before,) = session(model, library=False).run(None, feed)
            sigmoid_onnx.forth(model)
            self.assertEqual(self.kinds(model), [("", kind), ("", kind), ("sigmoid", "SwiGLU")])
            np.testing.assert_allclose(session(model).run(None, feed)[0], before, rtol=2e-6)
        # One column broadcasts.
        model = self.weighted(widths=(5, 1))
        sigmoid_onnx.forth(model)
        self.assertEqual(self.kinds(model)[2:], [("sigmoid", "Silu"), ("", "Mul")])
        session(model).run(None, feed)

    def test_what_was_said_of_names_that_are_gone(self):
        model = onnx.shape_inference.infer_shapes(model_of(self.gate(), "gu", "y", domain=False, shape=["n"]))
        self.assertEqual([value.name for value in model.graph.value_info], ["s", "silu", "gated", "soft"])
        sigmoid_onnx.forth(model)
        self.assertEqual([value.name for value in model.graph.value_info], ["gated", "soft"])

    def test_names_that_are_taken(self):
        nodes = [helper.make_node("SwiGLU", ["y/sigmoid", "y/silu"], ["y"], domain="sigmoid")]
        model = model_of(nodes, ["y/sigmoid", "y/silu"], ["y"], shape=["n"])
        feed = {name: np.ones(2, np.float32) for name in ("y/sigmoid", "y/silu")}
        (ours,) = session(model).run(None, feed)
        sigmoid_onnx.back(model)
        onnx.checker.check_model(model, full_check=True)
        np.testing.assert_allclose(session(model, library=False).run(None, feed)[0], ours, rtol=2e-6)

    def test_a_model_without_any(self):
        model = model_of([helper.make_node("Neg", ["x"], ["y"])], ["x"], ["y"], domain=False)
        before = model.SerializeToString()
        self.assertEqual((sigmoid_onnx.forth(model), sigmoid_onnx.back(model)), (0, 0))
        self.assertEqual(model.SerializeToString(), before)

    def test_the_command(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder) / name) for name in ("a.onnx", "b.onnx", "c.onnx")]
            onnx.save(model_of(self.gate(), ["g", "u"], ["y"], domain=False, shape=["n"]), paths[0])
            for arguments in (paths[:2], [*paths[1:], "--back"]):
                sys.argv = ["sigmoid_onnx.py", *arguments]
                sigmoid_onnx.main()
            self.assertEqual(self.kinds(onnx.load(paths[2])), [("", node.op_type) for node in self.gate()])

    def test_weights_in_files_of_their_own(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "elsewhere").mkdir()
            paths = [str(Path(folder) / name) for name in ("a.onnx", "b.onnx", "elsewhere/c.onnx")]
            onnx.save(self.weighted(), paths[0], save_as_external_data=True, location="weights", size_threshold=0)
            feed = {"x": np.linspace(-8, 8, 21, dtype=np.float32).reshape(7, 3)}
            (before,) = session(paths[0], library=False).run(None, feed)
            for path in paths[1:]:
                sys.argv = ["sigmoid_onnx.py", paths[0], path]
                sigmoid_onnx.main()
                self.assertIn(("sigmoid", "SwiGLU"), self.kinds(onnx.load(path)))
                np.testing.assert_allclose(session(path).run(None, feed)[0], before, rtol=2e-6)
            in_files = [onnx.load(path, load_external_data=False).graph.initializer[0] for path in paths[1:]]
            self.assertEqual([bool(weights.external_data) for weights in in_files], [True, False])


if __name__ == "__main__":
    unittest.main()
