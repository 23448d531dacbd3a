/** What can be done with a chart: copy or save its picture, copy or save its figures, zoom. */
import * as l10n from "@vscode/l10n";
import { type MenuItem, menuButton } from "../base/popupMenu.ts";
import { asCsv, type Sheet } from "../base/table.ts";

/** The panel around the charts. */
export interface ChartHost {
  /** Asks the user where to, and writes the file. */
  saveFile(name: string, base64: string): void;
  /** Says that something went wrong, or that it is done. */
  tell(message: string): void;
  /** Begins the names of files: the run, or the comparison. */
  fileStem(): string;
}

export interface ChartContent {
  readonly title: string;
  /** Of what is drawn; undefined while nothing is. */
  png?(): Blob | undefined;
  /** For what is drawn with lines and text. */
  svg?(): Blob | undefined;
  sheet(): Sheet;
  readonly zoom?: readonly MenuItem[];
}

export function chartMenu(host: ChartHost, content: ChartContent): readonly HTMLElement[] {
  const fileName = (ending: string): string => `${host.fileStem()} ${content.title}.${ending}`;
  const save = async (ending: string, blob: Blob): Promise<void> =>
    host.saveFile(fileName(ending), await asBase64(blob));
  const unlessEmpty = async <T>(made: T | undefined, act: (made: T) => Promise<void>): Promise<void> => {
    if (made === undefined) {
      host.tell(l10n.t("There is nothing to save yet."));
    } else {
      await act(made);
    }
  };
  const item = (label: string, act: () => Promise<void>): MenuItem => ({
    label,
    // Inside a promise, so that what is thrown at once is told as well.
    run: () =>
      void Promise.resolve()
        .then(act)
        .catch((error: unknown) => host.tell(l10n.t("That did not work: {0}", String(error)))),
  });
  const { title, png, svg, zoom } = content;
  const name = zoom === undefined ? l10n.t("Copy or save “{0}”", title) : l10n.t("Copy, save or zoom “{0}”", title);
  const copyImage = (image: Blob) => navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
  return menuButton("ellipsis", name, [
    ...(png === undefined ? [] : [item(l10n.t("Copy Image"), () => unlessEmpty(png(), copyImage))]),
    item(l10n.t("Copy Data as CSV"), () => navigator.clipboard.writeText(asCsv(content.sheet()))),
    ...(png === undefined ? [] : [item(l10n.t("Save as PNG…"), () => unlessEmpty(png(), (blob) => save("png", blob)))]),
    ...(svg === undefined ? [] : [item(l10n.t("Save as SVG…"), () => unlessEmpty(svg(), (blob) => save("svg", blob)))]),
    item(l10n.t("Save Data as CSV…"), () => save("csv", new Blob([asCsv(content.sheet())]))),
    ...(zoom ?? []),
  ]);
}

function asBase64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}
