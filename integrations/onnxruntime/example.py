"""A block of a language model before and after: python example.py LIBRARY

y = W3 (silu(W1 x) * (W2 x)), as Llama and its kin have it, with small weights so that what lies between the products
is seen; then ONNX Runtime's own Sigmoid beside ours. Times are the least of many, taken in turn, on one thread.
"""

import sys
import time

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

import sigmoid_onnx

TOKENS, WIDTH, HIDDEN = 64, 64, 4096


def block():
    random = np.random.default_rng(1)
    weight = lambda name, *shape: numpy_helper.from_array(
        (random.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32), name
    )
    make = helper.make_node
    nodes = [
        make("MatMul", ["x", "w1"], ["gate"]),
        make("MatMul", ["x", "w2"], ["up"]),
        make("Sigmoid", ["gate"], ["s"]),
        make("Mul", ["gate", "s"], ["silu"]),
        make("Mul", ["silu", "up"], ["gated"]),
        make("MatMul", ["gated", "w3"], ["y"]),
    ]
    return model(nodes, [weight("w1", WIDTH, HIDDEN), weight("w2", WIDTH, HIDDEN), weight("w3", HIDDEN, WIDTH)], WIDTH)


def model(nodes, weights, width):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
    graph = helper.make_graph(nodes, "graph", [value("x")], [value("y")], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def session(model, library):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.register_custom_ops_library(library)
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def beside(before, after, x, calls=300):
    """The least time of a call of each, in microseconds, and the results."""
    runs = []
    for one in (before, after):
        binding = one.io_binding()
        binding.bind_cpu_input("x", x)
        binding.bind_output("y")
        runs.append((one, binding))
    least = [float("inf")] * 2
    for _ in range(calls):
        for i, (one, binding) in enumerate(runs):
            start = time.perf_counter()
            one.run_with_iobinding(binding)
            least[i] = min(least[i], time.perf_counter() - start)
    return [t * 1e6 for t in least], [binding.copy_outputs_to_cpu()[0] for _, binding in runs]


def main():
    library = sys.argv[1]
    before, after = block(), block()
    print(f"{sigmoid_onnx.forth(after)} nodes of the block rewritten: {', '.join(n.op_type for n in after.graph.node)}")
    x = np.random.default_rng(2).standard_normal((TOKENS, WIDTH)).astype(np.float32)
    times, results = beside(session(before, library), session(after, library), x)
    difference = np.abs(results[0] - results[1]).max() / np.abs(results[0]).max()
    print(f"{TOKENS} tokens: {times[0]:.0f} us before, {times[1]:.0f} us after; results differ by {difference:.1e}")

    own = model([helper.make_node("Sigmoid", ["x"], ["y"])], [], 65536)
    ours = model([helper.make_node("Sigmoid", ["x"], ["y"])], [], 65536)
    sigmoid_onnx.forth(ours)
    x = np.random.default_rng(3).uniform(-10, 10, (1, 65536)).astype(np.float32)
    x[0, 0] = -100
    times, results = beside(session(own, library), session(ours, library), x, 2000)
    print(f"Sigmoid of 65,536: {times[0]:.1f} us own, {times[1]:.1f} us ours, {times[0] / times[1]:.2f} times as fast")
    print(f"s(-100): {results[0][0, 0]} own, {results[1][0, 0]} ours")


if __name__ == "__main__":
    main()
