// The lesson: what each figure shows, and what the controls do.
import { Figure } from "./figure.js";
import { load } from "./kernels.js";
import { evenly, fromHalf, plain, shortest } from "./numbers.js";
import { showErrors } from "./errors.js";
import { prepareRace } from "./race.js";

const figure = (id, options) => new Figure(document.getElementById(id), options);
const map = (x, f) => x.map((x) => f(x));

try {
  const kernels = await load();
  const of = (name, x, c) => kernels.compute(name, x, c);
  showCurves(of);
  showDerivation(of);
  showErrors(of);
  showHalves(kernels);
  showFamily(of);
  prepareRace(kernels);
  document.documentElement.dataset.ready = "";
} catch (error) {
  const failure = document.getElementById("failure");
  failure.textContent = `The kernels could not be started, and there are no figures: ${error.message}. They are
    WebAssembly with vectors, which browsers have had since 2023.`;
  failure.hidden = false;
  throw error;
}

/** -10, -9.9, ..., 10: each the number nearest to it. */
function tenths() {
  return Float32Array.from({ length: 201 }, (_, i) => (i - 100) / 10);
}

function showCurves(of) {
  const x = tenths();
  figure("both").show({
    x: { low: -10, high: 10, step: 0.1, start: 1 },
    y: { low: 0, high: 1 },
    curves: [
      { name: "s(x)", look: 1, x, y: of("sigmoid", x) },
      { name: "s′(x)", look: 2, x, y: of("derivative", x) },
    ],
    alternative: `s rises from nearly 0 at x = −10 through one half at 0 to nearly 1 at 10. s′ is a bell with its top, a
      quarter, at 0; at both ends it is nearly 0.`,
  });
}

function showDerivation(of) {
  const x = tenths();
  // Every fifth of the tenths has a dot: a line is seen between.
  const dots = { every: 5 };
  const near = (x) => x.filter((x) => Math.abs(x) <= 6);
  const wide = { low: -10, high: 10, step: 0.1, start: 1 };
  const narrow = { low: -6, high: 6, step: 0.1, start: 1 };
  const bell = { low: 0, high: 0.3 };
  const show = (id, content) => figure(id, { height: 0.6 }).show(content);

  const inside = near(x);
  show("inside", {
    x: narrow,
    y: { low: 0, high: 4 },
    curves: [
      { name: "1 + e⁻ˣ", look: 5, x: inside, y: map(inside, (x) => 1 + Math.exp(-x)) },
      { name: "s(x)", look: 1, x: inside, y: of("sigmoid", inside) },
    ],
    alternative:
      "1 + e⁻ˣ falls from far above towards 1, while s rises from 0 towards 1: at x = 0 they are 2 and one half.",
  });

  // Slopes over one tenth, from neighbours in double precision, halfway between them.
  const ends = Float64Array.from({ length: 42 }, (_, i) => Math.floor(i / 2) / 2 - 5 + (i % 2 === 0 ? -0.05 : 0.05));
  const values = of("sigmoid", ends);
  const middles = Float32Array.from({ length: 21 }, (_, i) => i / 2 - 5);
  show("slope", {
    x: wide,
    y: bell,
    curves: [
      { name: "e⁻ˣ / (1 + e⁻ˣ)²", look: 1, x, y: of("naive_quotient", x) },
      {
        name: "(s(x + 0.05) − s(x − 0.05)) / 0.1",
        look: 2,
        dots: { every: 1 },
        x: middles,
        y: map(middles, (x) => (values[4 * (x + 5) + 1] - values[4 * (x + 5)]) / 0.1),
      },
    ],
    alternative:
      "The bell of the quotient form. Slopes of s, taken between points that are a tenth apart, lie on it as dots.",
  });

  const s = of("sigmoid", inside);
  const squares = map(s, (s) => s * s);
  show("gap", {
    x: narrow,
    y: { low: 0, high: 1 },
    curves: [
      { name: "s − s²", look: 3, x: inside, y: s, to: squares },
      { name: "s(x)", look: 1, x: inside, y: s },
      { name: "s(x)²", look: 2, x: inside, y: squares },
    ],
    alternative:
      "s² runs below s. The gap between them, shaded, is widest at 0, where it is a quarter, and closes to both sides.",
  });

  const quotient = { name: "quotient form", look: 1, x, y: of("naive_quotient", x) };
  const product = { name: "product form", look: 2, dots, x, y: of("naive_product", x) };
  show("product", {
    x: wide,
    y: bell,
    curves: [quotient, product],
    alternative: "The dots of the product form lie on the line of the quotient form, from end to end.",
  });

  show("mirror", {
    x: wide,
    y: { low: 0, high: 1 },
    curves: [
      { name: "1 − s(x)", look: 1, x, y: map(of("sigmoid", x), (s) => 1 - s) },
      {
        name: "s(−x)",
        look: 2,
        dots,
        x,
        y: of(
          "sigmoid",
          map(x, (x) => -x),
        ),
      },
    ],
    alternative: "1 − s(x) falls from 1 to 0. The dots of s(−x) lie on it.",
  });

  show("three", {
    x: wide,
    y: bell,
    curves: [
      quotient,
      product,
      { name: "positive exponent", look: 3, dots: { every: 5, from: 2 }, x, y: of("naive_positive_exponent", x) },
    ],
    alternative:
      "One bell: the line of the quotient form, and on it, in turn, dots of the product form and the positive exponent.",
  });
}

/** From 2 to 4, where s is nearly 1 and its last bits are seen. */
function showHalves(kernels) {
  const single = evenly(2, 4, 401);
  // All of bf16 between them, 128, and of the 1,024 of f16 every fourth.
  const halves = {
    bf16: Uint16Array.from({ length: 129 }, (_, i) => 0x4000 + i),
    f16: Uint16Array.from({ length: 257 }, (_, i) => 0x4000 + 4 * i),
  };
  const show = (id, operation, name, y, alternative) => {
    const dotted = (format, look, every) => ({
      name: `in ${format}`,
      look,
      dots: { every },
      x: fromHalf(format, halves[format]),
      y: fromHalf(format, kernels.computeHalf(format, operation, halves[format])),
    });
    figure(id, { height: 0.6 }).show({
      x: { low: 2, high: 4, step: 2 ** -6, start: 3 },
      y,
      curves: [
        { name: `${name} in single precision`, look: 5, x: single, y: kernels.compute(operation, single) },
        dotted("bf16", 2, 1),
        dotted("f16", 1, 4),
      ],
      alternative,
    });
  };
  show(
    "half_sigmoid",
    "sigmoid",
    "s(x)",
    { low: 0.87, high: 1 },
    `s from x = 2 to 4. The dots in bf16 are a staircase with
    steps of 0.004, along the smooth line of single precision; those in f16 lie on the line.`,
  );
  show(
    "half_derivative",
    "derivative",
    "s′(x)",
    { low: 0, high: 0.12 },
    `s′ from x = 2 to 4. The dots in bf16 lie close to
    the line of single precision, with much smaller steps than those of s, for small numbers lie closer together.`,
  );
}

function showFamily(of) {
  const x = evenly(-6, 6, 241);
  const axis = { low: -6, high: 6, step: 0.05, start: 1 };

  const scaled = figure("scaled", { height: 0.45 });
  const { elements } = document.getElementById("scale");
  const update = () => {
    const c = Number(elements.c.value);
    document.getElementById("c-value").textContent = plain(c);
    const y = of("scaled", x, c);
    scaled.show({
      x: axis,
      y: { low: 0, high: 1 },
      curves: [
        { name: "s(x)", look: 5, x, y: of("sigmoid", x) },
        { name: `s(${plain(c)} x)`, look: 1, x, y },
      ],
      alternative: `s(c x) with c = ${plain(c)} goes through one half at 0 with the slope ${plain(c / 4)}, from
        ${shortest(y[0])} at x = −6 to ${shortest(y[y.length - 1])} at 6. s(x) is drawn with it.`,
    });
  };
  elements.c.addEventListener("input", update);
  update();

  const small = (id, y, curves, alternative) => figure(id, { height: 0.6 }).show({ x: axis, y, curves, alternative });
  small(
    "silu",
    { low: -0.5, high: 4 },
    [
      { name: "SiLU", look: 1, x, y: of("silu", x) },
      { name: "its derivative", look: 2, x, y: of("silu_derivative", x) },
    ],
    "SiLU is nearly 0 far to the left, dips to −0.28 at x = −1.28, goes through 0 and then rises nearly as x.",
  );
  small(
    "gelu",
    { low: -0.5, high: 4 },
    [
      { name: "GELU", look: 1, x, y: of("gelu_tanh", x) },
      { name: "SiLU", look: 5, x, y: of("silu", x) },
    ],
    "GELU has the shape of SiLU, with a shallower dip, −0.17 at x = −0.75, and is nearer to 0 and to x on its sides.",
  );
  small(
    "softplus",
    { low: 0, high: 6 },
    [
      { name: "softplus", look: 1, x, y: of("softplus", x) },
      { name: "s(x)", look: 5, x, y: of("sigmoid", x) },
    ],
    "Softplus rises from nearly 0 at the left through 0.69 at x = 0, and runs nearly as x on the right.",
  );
  small(
    "log_sigmoid",
    { low: -6, high: 0.5 },
    [{ name: "log-sigmoid", look: 1, x, y: of("log_sigmoid", x) }],
    "The log-sigmoid rises nearly as x from the left, through −0.69 at x = 0, towards 0.",
  );
}
