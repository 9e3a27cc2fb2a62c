// A race: a loop in JavaScript against the kernels, on the visitor's machine.
import { html } from "./figure.js";

const ROUNDS = 15;
// Browsers round their clocks to a tenth of a millisecond, and some to more.
const MILLISECONDS = 8;

export function prepareRace(kernels) {
  const form = document.getElementById("start");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await race(kernels, Number(form.elements.namedItem("length").value));
    } finally {
      button.disabled = false;
    }
  });
}

async function race(kernels, length) {
  const progress = document.getElementById("progress");
  const contenders = runners(kernels, length);
  progress.textContent = "The race is on.";
  for (const contender of contenders) {
    contender.time = Infinity;
    // As often in a turn as fills it. (More than once: a turn may have been interrupted.)
    contender.times = 1;
    while (Math.min(run(contender), run(contender), run(contender)) < MILLISECONDS) contender.times *= 2;
  }
  for (let round = 0; round < ROUNDS; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    for (const contender of contenders) {
      contender.time = Math.min(contender.time, (run(contender) * 1e6) / (contender.times * length));
    }
  }
  show(contenders);
  const [loop, , , kernel] = contenders;
  const ratio = (loop.time / kernel.time).toFixed(1);
  progress.textContent = `The kernel took ${kernel.time.toFixed(2)} ns for each number, the loop in JavaScript
    ${loop.time.toFixed(2)}: the kernel is ${ratio} times as fast.`;
}

/** Milliseconds of one turn. */
function run({ prepare, compute, times }) {
  prepare();
  const start = performance.now();
  for (let i = 0; i < times; i++) compute();
  return performance.now() - start;
}

/** Who runs: the first is what the others are compared with. */
function runners(kernels, length) {
  const single = Float32Array.from({ length }, () => Math.random() * 20 - 10);
  const double = Float64Array.from(single);
  const loop = (name, x) => {
    const y = new x.constructor(length);
    // A loop of its own for each, so that it is compiled for its type.
    const body = new Function("x", "y", "for (let i = 0; i < x.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]));");
    return { name, plain: true, prepare() {}, compute: () => body(x, y) };
  };
  const kernel = (name, operation, x, plain = false) => {
    // The buffers hold half as many numbers of double precision.
    const [input] = kernels.buffers(x.constructor, Math.min(length, 1 << 19));
    const calls = length / input.length;
    return {
      name,
      plain,
      prepare: () => input.set(x.subarray(0, input.length)),
      compute() {
        for (let i = 0; i < calls; i++) kernels.computeInPlace(operation, input);
      },
    };
  };
  return [
    loop("JavaScript, single precision", single),
    loop("JavaScript, double precision", double),
    kernel("WebAssembly, as written, one by one", "naive_sigmoid", single, true),
    kernel("kernel, s(x)", "sigmoid", single),
    kernel("kernel, s′(x)", "derivative", single),
    kernel("kernel, s(x), Exact", "exact_sigmoid", single),
    kernel("kernel, s(x), double precision", "sigmoid", double),
  ];
}

function show(contenders) {
  const slowest = Math.max(...contenders.map(({ time }) => time));
  const rows = contenders.map(({ name, time, plain }) => {
    const bar = html("div", { class: plain ? "bar plain" : "bar", style: `width: ${(100 * time) / slowest}%` });
    return html(
      "tr",
      {},
      html("th", { scope: "row" }, name),
      html("td", {}, time.toFixed(2)),
      html("td", {}, (contenders[0].time / time).toFixed(1)),
      html("td", { "aria-hidden": "true" }, bar),
    );
  });
  const results = document.getElementById("results");
  results.querySelector("tbody").replaceChildren(...rows);
  results.hidden = false;
}
