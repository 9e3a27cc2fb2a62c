// Tests the page in Chromium: node check.mjs ADDRESS BUILD, after check.sh has built and served everything.
//
// Every figure is drawn; the numbers have the bits that a program of this machine computes; the errors are those that
// the crate's front page states; nothing is asked of other servers; names are in the accessibility tree; the keyboard
// does what the pointer does; nothing is wider than a phone.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [address, build] = process.argv.slice(2);
const { chromium } = createRequire(`${resolve(build)}/`)("playwright-core");

// The columns of the figures' tables that are results of operations. (The others are made of such by arithmetic.)
const OPERATIONS = {
  both: { "s(x)": "sigmoid", "s′(x)": "derivative" },
  inside: { "s(x)": "sigmoid" },
  slope: { "e⁻ˣ / (1 + e⁻ˣ)²": "naive_quotient" },
  gap: { "s(x)": "sigmoid" },
  product: { "quotient form": "naive_quotient", "product form": "naive_product" },
  mirror: {},
  three: {
    "quotient form": "naive_quotient",
    "product form": "naive_product",
    "positive exponent": "naive_positive_exponent",
  },
  errors: {},
  half_sigmoid: { "s(x) in single precision": "sigmoid", "in bf16": "bf16_sigmoid", "in f16": "f16_sigmoid" },
  half_derivative: {
    "s′(x) in single precision": "derivative",
    "in bf16": "bf16_derivative",
    "in f16": "f16_derivative",
  },
  scaled: { "s(x)": "sigmoid", "s(c x)": "scaled" },
  silu: { SiLU: "silu", "its derivative": "silu_derivative" },
  gelu: { GELU: "gelu_tanh", SiLU: "silu" },
  softplus: { softplus: "softplus", "s(x)": "sigmoid" },
  log_sigmoid: { "log-sigmoid": "log_sigmoid" },
};
const FORMS = {
  quotient: "naive_quotient",
  product: "naive_product",
  "positive exponent": "naive_positive_exponent",
  kernel: "derivative",
  "kernel, Exact": "exact_derivative",
};

const number = (text) => Number(text.replaceAll("−", "-").replace("∞", "Infinity"));
const view = new DataView(new ArrayBuffer(4));
const bitsOf = (value) => {
  view.setFloat32(0, value);
  return view.getUint32(0).toString(16).padStart(8, "0");
};

/** The bits of every operation's results for these numbers: `expected(x, c)(operation, number)`. */
function expected(x, c) {
  const lines = execFileSync(`${build}/debug/examples/expected`, [String(c)], {
    input: x.map((x) => `${x}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const results = new Map();
  for (const line of lines.trim().split("\n")) {
    const [operation, from, to] = line.split(" ");
    results.set(`${operation} ${from}`, to);
  }
  return (operation, x) => results.get(`${operation} ${bitsOf(x)}`);
}

/** The rows of the table on the crate's front page: x and the errors of the three forms. */
function stated() {
  const text = readFileSync("src/lib.rs", "utf8");
  const rows = [...text.matchAll(/^\/\/! \| (-?\d+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|/gm)];
  assert(rows.length >= 9, "the table of errors is not where it was");
  const error = (text) => (text === "NaN" ? Infinity : parseFloat(text));
  return rows.map(([, x, , quotient, product, positive]) => ({
    x: Number(x),
    errors: { quotient: error(quotient), product: error(product), "positive exponent": error(positive) },
  }));
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
let compared = 0;

/** A page that was opened, and what it complained of. */
async function open(width, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith("data:")) complaints.push(`asks for ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
  return { page, complaints };
}

/** What stands in the legend of a figure. */
const legend = (page, figure) =>
  page.$$eval(`#${figure} .legend li`, (items) =>
    Object.fromEntries(items.map((li) => [".name", ".value"].map((part) => li.querySelector(part).textContent))),
  );

async function drawn(page) {
  const figures = await page.$$eval("figure", (figures) => figures.map(({ id }) => id));
  assert.deepEqual(figures, Object.keys(OPERATIONS));
  for (const id of figures) {
    const shapes = await page.$$eval(`#${id} > svg g[clip-path] > *`, (shapes) =>
      shapes.map((shape) => ({
        what: shape.getAttribute("d") ?? `${shape.getAttribute("cx")} ${shape.getAttribute("cy")}`,
        line: shape.tagName === "path",
        box: ["x", "y", "width", "height"].map((side) => shape.getBBox()[side]),
      })),
    );
    const items = Object.keys(await legend(page, id)).length;
    const lines = shapes.filter(({ line }) => line);
    assert(items > 0 && lines.length > 0 && shapes.length >= items, `${id} has ${shapes.length} shapes`);
    for (const { what } of shapes) assert.doesNotMatch(what, /NaN|Infinity|undefined/, id);
    for (const { what, box } of lines) {
      assert(what.split("L").length > 20, `${id} has a line of few points`);
      assert(box[2] > 100, `${id} has a line that is ${box[2]} wide`);
    }
  }
}

async function sameBits(page) {
  for (const [id, columns] of Object.entries(OPERATIONS)) {
    const c = Number(await page.inputValue("#scale input"));
    const summary = page.locator(`#${id} summary`);
    await summary.click();
    await page.waitForSelector(`#${id} tbody tr`);
    const tables = await page.$$eval(`#${id} table`, (tables) =>
      tables.map((table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))),
    );
    const seen = new Set();
    for (const [[, ...names], ...rows] of tables) {
      const truth = expected(
        rows.map(([x]) => number(x)),
        c,
      );
      names.forEach((name, column) => {
        const known = name === `s(${c} x)`.replace("-", "−") ? "s(c x)" : name;
        if (!columns[known]) return;
        seen.add(known);
        for (const [x, ...values] of rows) {
          const wanted = truth(columns[known], number(x));
          assert.equal(bitsOf(number(values[column])), wanted, `${id}: ${name} at ${x}`);
          compared++;
        }
      });
    }
    assert.deepEqual([...seen].sort(), Object.keys(columns).sort(), id);
    await summary.click();
  }
}

async function sameErrors(page) {
  await page.click("text=Everything");
  for (const { x, errors } of stated()) {
    await page.fill("#zoom [name=x]", String(x));
    await page.press("#zoom [name=x]", "Enter");
    const truth = expected([x], 1);
    const values = await legend(page, "errors");
    assert.deepEqual(Object.keys(values), Object.keys(FORMS));
    for (const [form, operation] of Object.entries(FORMS)) {
      const [value, error] = values[form].split(", ").map((text) => text.replace(" ULP", ""));
      const wanted = truth(operation, x);
      // (Of a NaN any bits will do.)
      const bits = value === "NaN" ? "NaN" : bitsOf(number(value));
      assert.equal(bits, Number.isNaN(asNumber(wanted)) ? "NaN" : wanted, `${form} at ${x}`);
      compared++;
      const most = { kernel: 3.4, "kernel, Exact": 0.5 }[form];
      if (most !== undefined) assert(number(error) <= most, `${form} at ${x}: ${error} ULP`);
      else if (errors[form] < 1e5) assert.equal(number(error), errors[form], `${form} at ${x}`);
      else if (errors[form] === Infinity) assert.equal(error, "∞", `${form} at ${x}`);
      else assert(Math.abs(number(error) / errors[form] - 1) < 0.05, `${form} at ${x}: ${error}`);
    }
  }
}

const asNumber = (bits) => {
  view.setUint32(0, parseInt(bits, 16));
  return view.getFloat32(0);
};

/** Each place that has a button, and each function, is drawn. */
async function everyPlace(page) {
  for (const button of await page.$$("#disagrees .buttons button")) {
    await button.click();
    await drawn(page);
  }
  for (const name of await page.$$eval("#zoom option", (options) => options.map(({ value }) => value))) {
    await page.selectOption("#zoom select", name);
    await drawn(page);
    // The kernels keep what is promised of them wherever one looks.
    const words = await page.textContent("#errors > .unseen");
    const [, largest] = words.match(/kernel ([\d.]+) ULP/);
    assert(Number(largest) > 0 && Number(largest) < 7, `${name}: ${words}`);
  }
}

async function named(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const there = nodes.filter(({ ignored }) => !ignored);
  const role = (wanted) => there.filter(({ role }) => role.value === wanted);
  const images = role("image").concat(role("img"));
  assert.equal(images.length, Object.keys(OPERATIONS).length);
  for (const { name, description } of images) {
    assert(name.value.length > 3, "a figure without a name");
    assert(description?.value.length > 30, `${name.value}: not told in words`);
  }
  for (const control of ["slider", "combobox", "spinbutton", "button", "link", "region", "form"]) {
    assert(role(control).length > 0, control);
    for (const { name } of role(control)) assert(name?.value.length > 1, `a ${control} named "${name?.value}"`);
  }
  for (const landmark of ["banner", "main", "navigation", "contentinfo"]) assert.equal(role(landmark).length, 1);
  const levels = await page.$$eval("h1, h2, h3", (headings) => headings.map(({ tagName }) => tagName).join(" "));
  assert.match(levels, /^H1 H2 H2( H3){6} H2 H2 H2 H2$/);
}

async function byKeyboard(page) {
  const value = async () => (await legend(page, "both"))["s(x)"];
  const slider = "#both .reader input";
  // By tabs from the top, where a page that was just opened begins.
  for (let tabs = 0; !(await page.$eval(slider, (slider) => slider === document.activeElement)); tabs++) {
    assert(tabs < 20, "the first slider is not reached");
    await page.keyboard.press("Tab");
  }
  assert.notEqual(await page.$eval(slider, (slider) => getComputedStyle(slider).outlineStyle), "none");
  const before = Number(await page.inputValue(slider));
  await page.keyboard.press("ArrowRight");
  assert(Math.abs(Number(await page.inputValue(slider)) - before - 0.1) < 1e-9);
  const spoken = await page.getAttribute(slider, "aria-valuetext");
  assert(spoken.includes(`s(x): ${await value()}`), spoken);

  // The pointer reads what the slider does.
  const box = await page.locator("#both > svg").boundingBox();
  await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
  const left = number(await value());
  await page.mouse.move(box.x + (box.width * 3) / 4, box.y + box.height / 2);
  assert(left < 0.1 && number(await value()) > 0.9);

  const curve = () => page.getAttribute("#scaled g[clip-path] path.look-1", "d");
  const old = await curve();
  await page.focus("#scale input");
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await curve(), old);
  const errors = () => page.getAttribute("#errors g[clip-path] path.look-2", "d");
  const wide = await errors();
  await page.focus("#zoom [name=width]");
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await errors(), wide);
}

async function raced(page) {
  await page.selectOption("#start select", "2048");
  await page.click("#start button");
  await page.waitForSelector("#start button:enabled", { timeout: 60_000 });
  const rows = await page.$$eval("#results tbody tr", (rows) => rows.map((row) => row.innerText.split("\t")));
  assert(rows.length >= 6);
  for (const [name, time] of rows) assert(Number(time) > 0 && Number(time) < 1000, `${name}: ${time}`);
  return rows;
}

mkdirSync(`${build}/screenshots`, { recursive: true });
try {
  for (const width of [1100, 390]) {
    for (const scheme of ["light", "dark"]) {
      const { page, complaints } = await open(width, scheme);
      await drawn(page);
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      assert(widest <= width, `${widest} wide on ${width}`);
      if (scheme === "light") {
        await byKeyboard(page);
        await sameBits(page);
        await sameErrors(page);
        await everyPlace(page);
        await named(page);
        const rows = await raced(page);
        if (width === 1100) for (const [name, time] of rows) console.log(`${time.padStart(8)} ns  ${name}`);
        await page.evaluate(() => scrollTo(0, 0));
        await page.click("text=Where the product form cancels");
      }
      await page.screenshot({ path: `${build}/screenshots/${width}-${scheme}.png`, fullPage: true });
      assert.deepEqual(complaints, []);
      await page.close();
      console.log(`passed: ${width} wide, ${scheme}`);
    }
  }
  console.log(`${compared} numbers have the bits of this machine's`);
} finally {
  await browser.close();
}
