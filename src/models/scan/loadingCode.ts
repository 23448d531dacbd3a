/** Code that gives a model the weights of an exported one, to be put into the file that defines it. Text only. */
import { collectBindings } from "./bindings.ts";
import { collectDeclared } from "./declared.ts";
import { scanDefinitions } from "./scan.ts";
import { asFunction, requiredParameters } from "./syntax.ts";
import { parseTopLevel } from "./topLevel.ts";
import { collectTrainables } from "./trainables.ts";

export interface ExportedFile {
  /** What the run trained. */
  readonly exportName: string;
  /** Of `model.json`, as TensorFlow.js is given it. */
  readonly url: string;
  /** Id. */
  readonly run: string;
  /** It has layers of `whittle/layers`, which lie beside it. */
  readonly hasLayers?: boolean;
}

/**
 * A function that calls the file's own, whose sizes have to be those of the smaller network; where the file has none that
 * can be called like that, one that takes the exported model as it is.
 * @param text of the model file
 * @param fileName tells the language by its ending
 */
export function loadingCode(
  text: string,
  fileName: string,
  { exportName, url, run, hasLayers = false }: ExportedFile,
): string {
  const { statements } = parseTopLevel(text, fileName);
  const [own] = [...collectBindings(statements)].find(([, meant]) => meant === "tf") ?? [];
  const tf = own ?? "tf";
  const builder = findBuilder(text, fileName, exportName);
  const isModule = statements.some(({ type }) => /^(Import|Export)/.test(type)) || text === "";
  const returned = /\.[cm]?tsx?$/.test(fileName) ? `: Promise<${tf}.LayersModel>` : "";
  const name = builder?.name ?? "model";
  const load = `${tf}.loadLayersModel(${JSON.stringify(url)})`;
  const body =
    builder === undefined
      ? [`return ${load};`]
      : [
          `const model = ${builder.isAsync ? "await " : ""}${builder.name}();`,
          `const compact = await ${load};`,
          "model.setWeights(compact.getWeights());",
          "return model;",
        ];
  const before = hasLayers ? "; load whittle-layers.js, which lies beside it, before" : "";
  return [
    ...(own === undefined ? ['import * as tf from "@tensorflow/tfjs";', ""] : []),
    `/** ${name} as run ${run} left it, without the units that do nothing${builder ? `: ${name} must have its sizes` : ""}${before}. */`,
    `${isModule ? "export " : ""}async function load${name[0]?.toUpperCase()}${name.slice(1)}()${returned} {`,
    ...body.map((line) => `  ${line}`),
    "}",
    "",
  ].join("\n");
}

function findBuilder(text: string, fileName: string, exportName: string) {
  const definitions = scanDefinitions(text, fileName);
  const trainable = collectTrainables(definitions).find(({ exportNames }) => exportNames.includes(exportName));
  if (definitions.some(({ name, returnsNone }) => name === trainable?.name && returnsNone)) return undefined;
  const declared = collectDeclared(parseTopLevel(text, fileName).statements);
  const found = declared.declared.find(({ name }) => name === trainable?.name);
  const own = found && asFunction(found.node);
  if (found === undefined || own === undefined || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(found.name)) {
    return undefined;
  }
  // An anonymous default export has no name that it could be called by.
  return requiredParameters(own) > 0 || found.name === "default"
    ? undefined
    : { name: found.name, isAsync: own.async === true };
}
