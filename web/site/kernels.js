// The library's kernels, as sigmoid.wasm has them: arrays in, arrays out.

/** Fetches and starts them. */
export async function load() {
  const response = await fetch(new URL("sigmoid.wasm", import.meta.url));
  if (!response.ok) throw new Error(`sigmoid.wasm: ${response.status} ${response.statusText}`);
  // (Not streaming: that wants a media type which not every server sends.)
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());
  return new Kernels(instance.exports);
}

// The formats, by the places that sigmoid.wasm knows them by.
const FORMATS = ["f32", "f64", "bf16", "f16"];

class Kernels {
  #exports;
  #operations;

  constructor(exports) {
    this.#exports = exports;
    const names = new Uint8Array(exports.memory.buffer, exports.names(), exports.names_length());
    this.#operations = new Map(
      new TextDecoder()
        .decode(names)
        .trim()
        .split(" ")
        .map((name, at) => [name, at]),
    );
  }

  /** The results of the operation for x, a Float32Array or a Float64Array; `c` is the scale of those that have one. */
  compute(name, x, c = 1) {
    const results = new x.constructor(x.length);
    const most = this.#exports.capacity() / x.BYTES_PER_ELEMENT;
    for (let from = 0; from < x.length; from += most) {
      const [input, output] = this.buffers(x.constructor, Math.min(most, x.length - from));
      input.set(x.subarray(from, from + input.length));
      this.computeInPlace(name, input, c);
      results.set(output, from);
    }
    return results;
  }

  /** The results in half precision, "bf16" or "f16", for x in it: the bits of both, in a Uint16Array. */
  computeHalf(format, name, x) {
    const [input, output] = this.buffers(Uint16Array, x.length);
    input.set(x);
    this.computeInPlace(name, input, 1, format);
    return output.slice();
  }

  /** The first numbers of the two buffers: what is written to the first is what `computeInPlace` reads. */
  buffers(Type, length) {
    const { memory, input, output } = this.#exports;
    return [new Type(memory.buffer, input(), length), new Type(memory.buffer, output(), length)];
  }

  /** From the first buffer to the second, nothing copied. */
  computeInPlace(name, input, c = 1, format = input instanceof Float32Array ? "f32" : "f64") {
    const operation = this.#operations.get(name);
    if (operation === undefined) throw new Error(`there is no operation ${name}`);
    this.#exports.compute(operation, FORMATS.indexOf(format), input.length, c);
  }
}
