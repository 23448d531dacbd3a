/**
 * The bars as painted: pixels in the colour that the theme gives to the series, and the width of each bar.
 * @param panel frame locator of the panel
 * @param rows how many bars there are
 * @returns {Promise<{ colored: number, widths: number[] }>} in device pixels, from top to bottom
 */
export function measureBars(panel, rows) {
  return panel.locator(".chart.bars canvas").evaluate((canvas, count) => {
    const probe = document.createElement("canvas").getContext("2d");
    const name = "--vscode-charts-blue";
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const isSeries = (x, y) => {
      const at = (y * width + x) * 4;
      return (
        data[at + 3] > 250 &&
        Math.abs(data[at] - r) < 6 &&
        Math.abs(data[at + 1] - g) < 6 &&
        Math.abs(data[at + 2] - b) < 6
      );
    };
    const lines = [];
    let colored = 0;
    for (let y = 0; y < height; y += 1) {
      let inLine = 0;
      for (let x = 0; x < width; x += 1) {
        inLine += isSeries(x, y) ? 1 : 0;
      }
      lines.push(inLine);
      colored += inLine;
    }
    // Bars are runs of lines with colour, with lines without between them.
    const widths = [];
    let current = 0;
    for (const line of [...lines, 0]) {
      if (line > 0) {
        current = Math.max(current, line);
      } else if (current > 0) {
        widths.push(current);
        current = 0;
      }
    }
    while (widths.length < count) {
      widths.push(0);
    }
    return { colored, widths };
  }, rows);
}
