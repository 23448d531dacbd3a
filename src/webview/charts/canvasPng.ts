/** What is drawn on a canvas, as PNG. Not by its `toBlob`: Chromium encodes when it is idle, and now and then never calls back. */

/** @throws Error when the browser has no room for a picture of that size */
export function canvasPng(canvas: HTMLCanvasElement): Blob {
  const [, base64 = ""] = canvas.toDataURL("image/png").split(",");
  if (base64 === "") {
    throw new Error("the picture is too large");
  }
  return new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: "image/png" });
}
