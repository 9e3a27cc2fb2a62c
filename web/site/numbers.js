// Numbers of single precision: how they are written, and how far they are from the truth.

/** The shortest decimal number that is read back as this number of single precision. */
export function shortest(value) {
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  return rounded(value, digits);
}

/** With so many digits at most. */
export function rounded(value, digits) {
  const number = Number(value.toPrecision(digits));
  const small = number !== 0 && Math.abs(number) < 1e-3;
  return plain(small ? number.toExponential() : number);
}

/** With a minus sign that is as wide as a plus. */
export const plain = (number) => (Object.is(number, -0) ? "−0" : String(number).replace(/-/g, "−"));

/** An error in units in the last place, for reading. */
export function inUlp(error) {
  if (!Number.isFinite(error)) return "∞";
  return error < 1e5 ? error.toFixed(1) : error.toExponential(1).replace("e+", "e");
}

const bits = new DataView(new ArrayBuffer(4));

/** The distance between the numbers of single precision at this one; among the smallest it is the smallest. */
function unit(value) {
  bits.setFloat32(0, Math.abs(value));
  const exponent = bits.getUint32(0) >>> 23;
  return 2 ** (Math.max(exponent, 1) - 150);
}

/** The error of a result in units in the last place. The truth has the digits of double precision. */
export function error(result, truth) {
  if (Number.isNaN(truth)) return Number.isNaN(result) ? 0 : Infinity;
  const nearest = Math.fround(truth);
  if (!Number.isFinite(nearest)) return Object.is(result, nearest) ? 0 : Infinity;
  const distance = Math.abs(result - truth) / unit(nearest);
  return Number.isNaN(distance) ? Infinity : distance;
}

/** What positive numbers of half precision, given by their bits, are in single precision. */
export function fromHalf(format, halves) {
  // Both have the sign first; bf16 is the first half of a number of single precision, f16 has 5 bits of exponent.
  return Float32Array.from(halves, (half) => {
    if (format === "f16" && half < 0x400) return half * 2 ** -24;
    bits.setUint32(0, format === "bf16" ? half << 16 : (half << 13) + (112 << 23));
    return bits.getFloat32(0);
  });
}

/** Numbers of single precision from one to another, `count` of them, evenly. */
export function evenly(low, high, count) {
  return Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** Round numbers between two, for the marks of an axis: at most about `most`. */
export function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((by) => by * power).find((step) => step >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step * 1.001)));
  const marks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    marks.push({ at: i * step, label: plain(i * step === 0 ? 0 : (i * step).toFixed(digits)) });
  }
  return marks;
}
