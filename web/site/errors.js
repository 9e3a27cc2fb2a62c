// Why a computer disagrees: the errors of forms as written and of the kernels, in units in the last place.
import { Figure, html } from "./figure.js";
import { error, inUlp, plain, rounded, shortest } from "./numbers.js";

/** The functions that one can choose; the truth is an operation in double precision. */
const FUNCTIONS = {
  derivative: {
    name: "s′(x), three forms",
    truth: "exact_derivative",
    forms: [
      ["quotient", "naive_quotient", 4],
      ["product", "naive_product", 2],
      ["positive exponent", "naive_positive_exponent", 3],
      ["kernel", "derivative", 1],
      ["kernel, Exact", "exact_derivative", 5],
    ],
  },
  sigmoid: {
    name: "s(x)",
    truth: "exact_sigmoid",
    forms: [
      ["1 / (1 + e⁻ˣ)", "naive_sigmoid", 2],
      ["kernel", "sigmoid", 1],
      ["kernel, Exact", "exact_sigmoid", 5],
    ],
  },
  silu: {
    name: "SiLU",
    truth: "silu",
    forms: [
      ["x / (1 + e⁻ˣ)", "naive_silu", 2],
      ["kernel", "silu", 1],
    ],
  },
  softplus: {
    name: "softplus",
    truth: "softplus",
    forms: [
      ["ln(1 + eˣ)", "naive_softplus", 2],
      ["kernel", "softplus", 1],
    ],
  },
  tanh: {
    name: "tanh",
    truth: "tanh",
    forms: [
      ["(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)", "naive_tanh", 2],
      ["kernel", "tanh", 1],
    ],
  },
  gelu_tanh: {
    name: "GELU, tanh form",
    truth: "gelu_tanh",
    forms: [
      ["x/2 (1 + tanh …)", "naive_gelu_tanh", 2],
      ["kernel", "gelu_tanh", 1],
    ],
  },
};

/** A button takes the figure there: the function, the middle, the width and where it is read. */
const PLACES = {
  Everything: ["derivative", 0, 220, 100],
  "Where the product form cancels": ["derivative", 10, 24, 10],
  "Where it becomes 0": ["derivative", 16.64, 1, 16.7],
  "Number by number": ["derivative", 16.64, 2 ** -14, 16.64],
  "Softplus at the left": ["softplus", -10, 30, -17],
  "tanh near 0": ["tanh", 0, 1, 0.01],
};

// Intervals that a curve has a point for, and inputs in each.
const INTERVALS = 256;
const INPUTS = 24;

// Errors are drawn by their logarithms, between these powers of ten; what is infinite stands above all.
const [LEAST, INFINITE] = [-2, 9];
const place = (error) => (error === Infinity ? INFINITE : Math.max(LEAST, Math.log10(error)));
const POWERS = [
  { at: 0.01, label: "0.01" },
  { at: 0.5, label: "0.5" },
  { at: 10, label: "10" },
  { at: 1e3, label: "10³" },
  { at: 1e5, label: "10⁵" },
  { at: 1e7, label: "10⁷" },
  { at: Infinity, label: "∞" },
];

export function showErrors(of) {
  const figure = new Figure(document.getElementById("errors"), { height: 0.5 });
  const form = document.getElementById("zoom");
  const controls = form.elements;
  const choice = controls.namedItem("function");
  choice.append(...Object.entries(FUNCTIONS).map(([value, { name }]) => html("option", { value }, name)));

  const update = () => {
    const { truth, forms } = FUNCTIONS[choice.value];
    const [middle, width] = [Number(controls.middle.value), 2 ** Number(controls.width.value)];
    document.getElementById("middle-value").textContent = plain(middle);
    document.getElementById("width-value").textContent = rounded(width, 3);
    // (The slider itself goes by powers of two.) The other one goes by a part of what is seen.
    controls.middle.step = Math.min(0.01, 10 ** Math.floor(Math.log10(width / 20)));
    controls.width.setAttribute("aria-valuetext", rounded(width, 3));
    const [low, high] = [middle - width / 2, middle + width / 2];

    const intervals = inputs(low, high);
    const x = Float32Array.from(intervals.flat());
    const truths = of(truth, Float64Array.from(x));
    // In the middle of each interval the largest error within.
    const middles = Float32Array.from(intervals, (x) => x[x.length >> 1]);
    const curves = forms.map(([name, operation, look]) => {
      const results = of(operation, x);
      let at = 0;
      const y = Float64Array.from(intervals, ({ length }) => {
        let largest = 0;
        for (const end = at + length; at < end; at++) largest = Math.max(largest, error(results[at], truths[at]));
        return largest;
      });
      return { name, look, x: middles, y };
    });

    figure.show({
      x: { low, high, wide: width < 0.1, start: Number(controls.x.value) },
      y: { low: LEAST, high: INFINITE + 0.3, place, ticks: POWERS },
      curves,
      alternative: `Largest errors for x from ${plain(low)} to ${plain(high)}: ${curves
        .map(({ name, y }) => `${name} ${inUlp(Math.max(...y))} ULP`)
        .join(", ")}.`,
      read: (at) => {
        const x = Float32Array.of(at);
        const [exactly] = of(truth, Float64Array.from(x));
        controls.x.value = shortest(x[0]).replaceAll("−", "-");
        const values = forms.map(([, operation]) => {
          const [result] = of(operation, x);
          return `${shortest(result)}, ${inUlp(error(result, exactly))} ULP`;
        });
        return { position: `x = ${shortest(x[0])}, truth ${rounded(exactly, 9)}`, values };
      },
    });
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const control of [choice, controls.middle, controls.width]) control.addEventListener("input", update);

  const go = ([value, middle, width, x]) => {
    choice.value = value;
    controls.middle.value = middle;
    controls.width.value = Math.log2(width);
    update();
    figure.readAt(x);
  };
  // (While one types, a number may be none.) The figure goes where x is.
  controls.x.addEventListener("change", () => {
    const x = Number(controls.x.value);
    if (controls.x.value === "" || Math.abs(x) > 110) return figure.readAt(controls.middle.value);
    const width = 2 ** Number(controls.width.value);
    if (Math.abs(x - Number(controls.middle.value)) > width / 2) controls.middle.value = x;
    update();
    figure.readAt(x);
  });
  const buttons = Object.entries(PLACES).map(([name, where]) => {
    const button = html("button", { type: "button" }, name);
    button.addEventListener("click", () => go(where));
    return button;
  });
  document.querySelector("#disagrees .buttons").append(...buttons);
  go(PLACES["Where the product form cancels"]);
}

/** The inputs of each interval, all different: where single precision has few, these few, and no empty interval. */
function inputs(low, high) {
  const step = (high - low) / (INTERVALS * INPUTS);
  const intervals = [];
  let last = -Infinity;
  for (let i = 0; i < INTERVALS; i++) {
    const those = [];
    for (let j = 0; j < INPUTS; j++) {
      const x = Math.fround(low + (i * INPUTS + j + 0.5) * step);
      if (x > last && x >= low && x <= high) those.push((last = x));
    }
    if (those.length > 0) intervals.push(those);
  }
  return intervals;
}
