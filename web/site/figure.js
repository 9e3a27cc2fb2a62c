// A figure: curves over x with axes and a legend, a slider that reads values off them, and the numbers as a table.
//
// Drawn as SVG at the width that there is, and again when that changes.
import { plain, shortest, ticks } from "./numbers.js";

let figures = 0;

export class Figure {
  #svg;
  #legend;
  #reader;
  #position;
  #alternative;
  #height;
  #content;
  #cursor;
  #numbers;

  /** Fills the element, a <figure>, which may have a <figcaption>. `height` is in widths. */
  constructor(element, { height = 0.55 } = {}) {
    const id = `figure-${++figures}`;
    const caption = element.querySelector("figcaption");
    caption.id = `${id}-caption`;
    this.#height = height;
    this.#legend = html("ul", { class: "legend", "aria-label": "Curves and their values" });
    this.#svg = svg("svg", { role: "img", "aria-labelledby": caption.id, "aria-describedby": `${id}-alternative` });
    this.#alternative = html("p", { id: `${id}-alternative`, class: "unseen" });
    this.#reader = html("input", {
      type: "range",
      id: `${id}-reader`,
      "aria-label": `Read at x: ${caption.textContent}`,
    });
    this.#position = html("output", { for: `${id}-reader` });
    const row = html("div", { class: "reader" }, this.#reader, this.#position);
    this.#numbers = html("div", {
      class: "scroll",
      tabindex: 0,
      role: "region",
      "aria-label": "The numbers of the figure",
    });
    const details = html("details", {}, html("summary", {}, "The numbers"), this.#numbers);
    element.append(this.#legend, this.#svg, row, this.#alternative, details);

    details.addEventListener("toggle", () => this.#tabulate());
    this.#reader.addEventListener("input", () => this.#read());
    for (const event of ["pointermove", "pointerdown"]) {
      this.#svg.addEventListener(event, (at) => this.#point(at));
    }
    let width = 0;
    new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      this.#draw();
    }).observe(element);
  }

  /**
   * What to draw:
   * - `x`: { low, high, step, label }: the slider has these steps;
   * - `y`: { low, high }, and what is not linear { place, ticks };
   * - `curves`: { name, look, x, y }, in place of a line
   *   with `dots`, { every, from }, or filled down to the values `to`;
   * - `alternative`: the figure in words;
   * - `read`: from x to { position, values }, in place of the nearest points of the curves.
   */
  show(content) {
    const { x, curves, alternative } = content;
    this.#content = content;
    const at = Number(this.#reader.value);
    const keep = this.#reader.max !== "" && at >= x.low && at <= x.high && this.#legend.childElementCount > 0;
    Object.assign(this.#reader, { min: x.low, max: x.high, step: x.step ?? "any" });
    this.#reader.value = keep ? at : (x.start ?? (x.low + x.high) / 2);
    this.#legend.replaceChildren(
      ...curves.map(({ name, look, dots, to }) => {
        const swatch = svg("svg", { class: "swatch", width: 26, height: 12, "aria-hidden": "true" });
        if (dots) swatch.append(svg("circle", { class: `dot look-${look}`, cx: 13, cy: 6, r: 3 }));
        else if (to) swatch.append(svg("rect", { class: `area look-${look}`, width: 26, height: 12 }));
        else swatch.append(svg("path", { class: `line look-${look}`, d: "M0 6H26" }));
        return html("li", {}, swatch, html("span", { class: "name" }, name), html("span", { class: "value" }));
      }),
    );
    this.#alternative.textContent = alternative;
    this.#tabulate();
    this.#draw();
  }

  /** Reads the figure at x. */
  readAt(x) {
    this.#reader.value = x;
    this.#read();
  }

  #draw() {
    const width = this.#svg.parentElement.clientWidth;
    if (!this.#content || width === 0) return;
    const { x, y, curves } = this.#content;
    const height = Math.round(Math.max(width * this.#height, Math.min(width * 0.8, 240)));
    const [left, right, top, bottom] = [44, width - 12, 10, height - 34];
    const across = (value) => left + ((value - x.low) / (x.high - x.low)) * (right - left);
    const place = y.place ?? ((value) => value);
    const up = (value) => bottom - ((place(value) - y.low) / (y.high - y.low)) * (bottom - top);
    const point = (x, y) => `${across(x).toFixed(2)} ${up(y).toFixed(2)}`;

    Object.entries({ viewBox: `0 0 ${width} ${height}`, height }).forEach(([k, v]) => this.#svg.setAttribute(k, v));
    const grid = svg("g", { class: "grid" });
    const drawn = svg("g", { "clip-path": `url(#${this.#alternative.id}-clip)` });
    const clip = svg("clipPath", { id: `${this.#alternative.id}-clip` });
    clip.append(svg("rect", { x: left - 4, y: top - 4, width: right - left + 8, height: bottom - top + 8 }));

    for (const { at, label } of ticks(x.low, x.high, Math.max(2, (right - left) / (x.wide ? 110 : 60)))) {
      grid.append(svg("path", { d: `M${across(at)} ${top}V${bottom}`, class: at === 0 ? "zero" : "" }));
      grid.append(
        text(label, { x: Math.min(across(at), width - label.length * 3.7), y: bottom + 17, "text-anchor": "middle" }),
      );
    }
    for (const { at, label } of y.ticks ?? ticks(y.low, y.high, 5)) {
      grid.append(svg("path", { d: `M${left} ${up(at)}H${right}`, class: at === 0 && !y.ticks ? "zero" : "" }));
      grid.append(text(label, { x: left - 6, y: up(at) + 4, "text-anchor": "end" }));
    }
    grid.append(
      text(x.label ?? "x", { x: (left + right) / 2, y: height - 3, "text-anchor": "middle", class: "label" }),
    );

    for (const { look, x, y, dots, to } of curves) {
      const points = [...x].map((x, i) => [x, y[i]]).filter(([, y]) => !Number.isNaN(place(y)));
      if (dots) {
        for (const [x, y] of points.filter((_, i) => i % dots.every === (dots.from ?? 0))) {
          const [cx, cy] = point(x, y).split(" ");
          drawn.append(svg("circle", { class: `dot look-${look}`, cx, cy, r: 2.6 }));
        }
        continue;
      }
      let d = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${point(x, y)}`).join("");
      if (to) d += [...x].map((_, i) => `L${point(x[x.length - 1 - i], to[to.length - 1 - i])}`).join("") + "Z";
      drawn.append(svg("path", { class: `${to ? "area" : "line"} look-${look}`, d }));
    }
    this.#cursor = { line: svg("path", { class: "cursor" }), across, top, bottom, left, right };
    this.#svg.replaceChildren(clip, grid, drawn, this.#cursor.line);
    this.#read();
  }

  #point({ clientX }) {
    const { left, right } = this.#cursor;
    const { x } = this.#content;
    const share = (clientX - this.#svg.getBoundingClientRect().left - left) / (right - left);
    this.readAt(x.low + Math.min(1, Math.max(0, share)) * (x.high - x.low));
  }

  #read() {
    const at = Number(this.#reader.value);
    const { curves, read } = this.#content;
    const { position, values } = read ? read(at) : nearest(curves, at);
    this.#position.textContent = position;
    this.#legend.querySelectorAll(".value").forEach((element, i) => (element.textContent = values[i]));
    const spoken = curves.map(({ name }, i) => `${name}: ${values[i]}`).join("; ");
    this.#reader.setAttribute("aria-valuetext", `${position}; ${spoken}`);
    const { line, across, top, bottom } = this.#cursor;
    line.setAttribute("d", `M${across(at).toFixed(1)} ${top}V${bottom}`);
  }

  // Filled while it is open: most never are.
  #tabulate() {
    const tables = [];
    if (this.#numbers.parentElement.open) {
      const { curves, x } = this.#content;
      // Curves that were computed for the same x stand beside each other.
      for (const array of new Set(curves.map(({ x }) => x))) {
        const those = curves.filter(({ x }) => x === array);
        const head = [x.label ?? "x", ...those.map(({ name }) => name)];
        const cells = (name, texts, attributes) => texts.map((text) => html(name, attributes, text));
        const rows = [...array].map((x, i) => cells("td", [x, ...those.map(({ y }) => y[i])].map(shortest)));
        tables.push(
          html(
            "table",
            {},
            html("thead", {}, html("tr", {}, ...cells("th", head, { scope: "col" }))),
            html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row))),
          ),
        );
      }
    }
    this.#numbers.replaceChildren(...tables);
  }
}

/** The values of curves at the points nearest to x. */
function nearest(curves, at) {
  const indices = curves.map(({ x }) => {
    let best = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[i] - at) < Math.abs(x[best] - at)) best = i;
    return best;
  });
  return {
    position: `x = ${shortest(curves[0].x[indices[0]])}`,
    values: curves.map(({ y, to }, i) => shortest(to ? Math.fround(y[indices[i]] - to[indices[i]]) : y[indices[i]])),
  };
}

/** An element of HTML with attributes and children. */
export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function text(content, attributes) {
  const element = svg("text", attributes);
  element.textContent = plain(content);
  return element;
}
