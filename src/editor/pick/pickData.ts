/** Lets the user pick a data set: one that Whittle has, or what lies in a folder or file, as the setting `data` says it. */
import * as vscode from "vscode";
import { DATA_FILES } from "../base/manifestNames.ts";
import { type Choice, pickOne } from "./pickOne.ts";

/** What stands behind the `#` of a data set. */
interface Columns {
  readonly title: string;
  readonly placeHolder: string;
  /** Of two names with a hyphen between them; else of one, or of none. */
  readonly isPair?: true;
}

/** @param first of what only a run can open @returns its name, with whole paths; undefined when cancelled */
export async function pickData(title: string, first: readonly Choice<string>[] = []): Promise<string | undefined> {
  const target: Columns = {
    title: vscode.l10n.t("Which column has the targets?"),
    placeHolder: vscode.l10n.t("If empty: label, class, target or y, else the last one"),
  };
  return pickOne(title, [
    ...first,
    {
      label: "digits",
      detail: vscode.l10n.t("Embedded: 28×28 pictures of digits, rendered here"),
      choose: async () => "digits",
    },
    {
      label: "phrases",
      detail: vscode.l10n.t("Embedded: sentences of an invented language, and their translations"),
      choose: async () => "phrases",
    },
    inFolder("images", vscode.l10n.t("A folder of PNG or JPEG images for each class")),
    inFolder("idx", vscode.l10n.t("A folder of MNIST-style IDX files")),
    inFolder("cifar10", vscode.l10n.t("A folder of CIFAR-10, binary version")),
    inFolder("cifar100", vscode.l10n.t("A folder of CIFAR-100, binary version")),
    inFile("npz", vscode.l10n.t("NumPy's arrays: x_train, y_train, …"), DATA_FILES.npz),
    inFile("csv", vscode.l10n.t("A table with names in its first row"), [...DATA_FILES.csv, "txt"], target),
    inFile("jsonl", vscode.l10n.t("A table of JSON objects, one in each line"), [...DATA_FILES.jsonl, "gz"], target),
    inFile("parquet", vscode.l10n.t("A table of Apache Parquet"), DATA_FILES.parquet, target),
    inFile(
      "labelled",
      vscode.l10n.t("Texts and their classes: two columns of a table"),
      [...DATA_FILES.jsonl, ...DATA_FILES.csv, "gz"],
      {
        title: vscode.l10n.t("Which columns have the texts and their classes?"),
        placeHolder: "text-label",
        isPair: true,
      },
    ),
    inFolder("parallel", vscode.l10n.t("A folder of texts and their translations"), {
      title: vscode.l10n.t("From which language into which?"),
      placeHolder: "de-en",
      isPair: true,
    }),
    inFile("text", vscode.l10n.t("Plain text, for models that go on with it"), ["txt", "md", "gz"]),
    {
      label: vscode.l10n.t("Another one…"),
      detail: vscode.l10n.t("As in the setting `data`"),
      choose: typeData,
    },
  ]);
}

function inFolder(format: string, detail: string, columns?: Columns): Choice<string> {
  return inPlace(format, detail, { canSelectFolders: true, canSelectFiles: false }, columns);
}

export function inFile(format: string, detail: string, endings: readonly string[], columns?: Columns): Choice<string> {
  return inPlace(format, detail, { filters: { [detail]: [...endings] } }, columns);
}

function inPlace(
  format: string,
  detail: string,
  options: vscode.OpenDialogOptions,
  columns: Columns | undefined,
): Choice<string> {
  return {
    label: `${format}:…`,
    detail,
    choose: async () => {
      const [place] = (await vscode.window.showOpenDialog({ ...options, title: detail })) ?? [];
      const spec = place && `${format}:${place.fsPath}`;
      return spec === undefined || columns === undefined ? spec : withColumns(spec, columns);
    },
  };
}

async function withColumns(spec: string, { title, placeHolder, isPair }: Columns): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    ...{ title, placeHolder, ignoreFocusOut: true },
    ...(isPair === undefined
      ? {}
      : {
          prompt: vscode.l10n.t("Two names, with a hyphen between them"),
          validateInput: (text) =>
            /^.+-.+$/.test(text.trim()) ? undefined : vscode.l10n.t("Write them as in {0}.", placeHolder),
        }),
  });
  const columns = typed?.trim();
  return columns === undefined ? undefined : columns === "" ? spec : `${spec}#${columns}`;
}

/** Paths are relative to the first folder of the window. */
async function typeData(): Promise<string | undefined> {
  const spec = await vscode.window.showInputBox({
    title: vscode.l10n.t("Which data?"),
    prompt: vscode.l10n.t("As in the setting `data`"),
    placeHolder: "digits, csv:houses.csv#price, images:photos",
    ignoreFocusOut: true,
  });
  if (spec === undefined || spec.trim() === "") return undefined;
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
  const { withWholePath } = await import("../../models/settingsFile.ts");
  return folder === undefined ? spec.trim() : withWholePath(spec.trim(), folder);
}
