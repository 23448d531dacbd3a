/** The same colour, letting through what lies below. @param opacity 0..1 */
export function withOpacity(color: string, opacity: number): string {
  return `rgba(${asRgb(color).join(", ")}, ${opacity})`;
}

/** Any colour that CSS knows, as the browser paints it. */
export function asRgb(color: string): readonly [number, number, number] {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (context === null) {
    return [0, 0, 0];
  }
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
