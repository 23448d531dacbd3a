/** The panel of a data set in a browser. */
import assert from "node:assert/strict";
import type { DataDescription } from "../../src/protocol/dataDescription.ts";
import { type PanelPage, THEMES, useBrowser } from "./panelPage.ts";

const HOSTILE = `images:<img src=x onerror=alert(1)> "${"long ".repeat(30)}`;

/** Two classes; each example is a red, a green and two blue pixels. */
const photos: DataDescription = {
  spec: HOSTILE,
  sha256: "ab".repeat(32),
  xShape: [2, 2, 3],
  yShape: [],
  from: "train",
  x: { min: 0, max: 1, mean: 0.5 },
  splits: [
    { name: "train", count: 1234, perClass: [1000, 234] },
    { name: "validation", count: 3, perClass: [1, 2] },
    { name: "test", count: 4, perClass: [4, 0] },
  ],
  examples: [0, 1, 1].map((id) => ({ x: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], y: [id] })),
};
const houses: DataDescription = {
  ...photos,
  spec: "csv:houses.csv#price",
  xShape: [20],
  yShape: [2],
  y: { min: -1, max: 7.5, mean: 2 },
  splits: photos.splits.map(({ name, count }) => ({ name, count })),
  examples: [{ x: Array.from({ length: 20 }, (_, at) => at / 8), y: [0.25, 7.5] }],
};

describe("the panel of a data set", () => {
  const open = useBrowser();

  async function show(description: DataDescription): Promise<PanelPage> {
    const panel = await open("data", null);
    await panel.setTheme("dark");
    assert.deepEqual(await panel.sent(), [{ type: "ready" }]);
    await panel.post({ type: "description", description });
    await panel.page.locator("h1").waitFor();
    return panel;
  }
  const cellsOf = ({ page }: PanelPage, name: string): Promise<string[][]> =>
    page
      .getByRole("region", { name })
      .getByRole("row")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));

  it("shows figures, classes and pictures, and names as text", async () => {
    const panel = await show(photos);
    const { page } = panel;
    assert.equal(await page.locator("h1").textContent(), HOSTILE);
    assert.equal(await page.locator("img").count(), 0);
    assert.deepEqual(await page.locator("dl.figures dd").allTextContents(), ["2×2×3", "0 to 1, mean 0.5", "2 classes"]);
    assert.deepEqual(await cellsOf(panel, "Examples of each split"), [
      ["", "train", "validation", "test"],
      ["all", "1,234", "3", "4"],
      ["class 0", "1,000", "1", "4"],
      ["class 1", "234", "2", "0"],
    ]);
    assert.deepEqual(await page.locator("figcaption").allTextContents(), ["class 0", "class 1", "class 1"]);
    const pixels = await page
      .getByRole("img", { name: "class 0" })
      .evaluate((canvas) => [...((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, 2, 2).data ?? [])]);
    assert.deepEqual(pixels, [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 255, 255]);
    await panel.shoot("data");
  });

  it("shows the validation split where training examples are streamed, and says so", async () => {
    const [train, ...others] = photos.splits;
    const splits = [{ name: "train" as const, count: train?.count ?? 0 }, ...others];
    const panel = await show({ ...photos, from: "validation", splits });
    assert.deepEqual(await cellsOf(panel, "Examples of each split"), [
      ["", "train", "validation", "test"],
      ["all", "1,234", "3", "4"],
      ["class 0", "", "1", "4"],
      ["class 1", "", "2", "0"],
    ]);
    await panel.page.getByRole("heading", { name: "First validation examples" }).waitFor();
    await panel.page.getByText("Training examples are streamed").waitFor();
    assert.deepEqual(await panel.page.locator("figcaption").allTextContents(), ["class 0", "class 1", "class 1"]);
    assert.deepEqual(await panel.findBarriers(), []);
  });

  it("calls classes by their names where the data have some", async () => {
    const name = "<b>cat</b>";
    const panel = await show({ ...photos, classNames: [name, "dog"] });
    assert.deepEqual(await panel.page.locator("figcaption").allTextContents(), [name, "dog", "dog"]);
    const rows = await cellsOf(panel, "Examples of each split");
    assert.deepEqual(
      rows.map(([first]) => first),
      ["", "all", name, "dog"],
    );
  });

  it("shows rows where there are no pictures, and targets that are values", async () => {
    const panel = await show(houses);
    const figures = await panel.page.locator("dl.figures dd").allTextContents();
    assert.deepEqual(figures, ["20", "0 to 1, mean 0.5", "2", "-1 to 7.5, mean 2"]);
    assert.equal((await cellsOf(panel, "Examples of each split")).length, 2);
    const [head, row] = await cellsOf(panel, "First training examples");
    assert.deepEqual([head?.length, head?.[1], head?.at(-1)], [18, "x0", "…"]);
    assert.deepEqual(row?.slice(0, 3), ["0.25, 7.5", "0", "0.125"]);
  });

  it("shows texts in their own direction, and as text", async () => {
    const panel = await show({
      ...houses,
      y: undefined,
      vocabulary: 8000,
      examples: [
        { x: [5, 3], y: [6, 3], texts: ["رجل على سلم", "<b>a man</b> on a ladder"] },
        { x: [5, 3], y: [6, 3], texts: ["", "nothing"] },
      ],
    });
    const { page } = panel;
    assert.deepEqual(await page.locator("dl.figures dd").allTextContents(), ["20", "8,000 tokens", "2"]);
    assert.deepEqual(await cellsOf(panel, "First training examples"), [
      ["", "text", "target"],
      ["1", "رجل على سلم", "<b>a man</b> on a ladder"],
      ["2", "", "nothing"],
    ]);
    const cells = page.getByRole("region", { name: "First training examples" }).locator("td");
    assert.equal(await cells.first().evaluate((cell) => getComputedStyle(cell).direction), "rtl");
    assert.equal(await cells.nth(1).evaluate((cell) => getComputedStyle(cell).direction), "ltr");
    const classed = { ...photos, vocabulary: 8000, examples: [{ x: [5], y: [1], texts: ["a review"] }] };
    await panel.post({ type: "description", description: { ...classed, classNames: ["down", "up"] } });
    await page.getByRole("cell", { name: "a review" }).waitFor();
    assert.deepEqual((await cellsOf(panel, "First training examples"))[1], ["1", "a review", "up"]);
    assert.deepEqual(await panel.findBarriers(), []);
  });

  it("says that examples are too large, and takes data anew", async () => {
    const panel = await show({ ...photos, examples: [] });
    await panel.page.getByText("They are too large to be shown.").waitFor();
    await panel.post({ type: "description", description: houses });
    await panel.page.locator("h1", { hasText: houses.spec }).waitFor();
    assert.equal(await panel.page.locator("h1").count(), 1);
  });

  it("can be read by everybody in every theme", async () => {
    const panel = await show(photos);
    for (const theme of THEMES) {
      await panel.setTheme(theme);
      assert.deepEqual(await panel.findBarriers(), [], theme);
    }
  });
});
