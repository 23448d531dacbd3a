/** Numbers of 16 bits, which JavaScript has not. */

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
export function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const widened = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
export function bfloatOf(bits: number): number {
  widened.setUint16(0, bits);
  return widened.getFloat32(0);
}
