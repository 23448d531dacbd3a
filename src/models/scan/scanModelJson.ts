/**
 * Finds the model in a `model.json` of TensorFlow.js's layers format (what `model.save` and the Keras converter write), or
 * in what `to_json` of Keras gives, with each layer where it stands, those of models inside included. Graph models, which
 * hold operations in place of layers, are none.
 */
import { parseExpression } from "@babel/parser";
import type { Expression, ObjectExpression } from "@babel/types";
import type { FoundLayer, Scan } from "./found.ts";

const MODEL_CLASSES: ReadonlySet<string> = new Set(["Sequential", "Functional", "Model"]);

const NONE: Scan = { definitions: [], hindrances: [], isWhole: true };

function parseObject(text: string): ObjectExpression | undefined {
  try {
    const value = parseExpression(text);
    return value.type === "ObjectExpression" ? value : undefined;
  } catch {
    // Not JSON, or half-typed.
    return undefined;
  }
}

function valueAt(object: Expression | undefined, ...path: readonly string[]): Expression | undefined {
  let value = object;
  for (const key of path) {
    if (value?.type !== "ObjectExpression") return undefined;
    const found = value.properties.find(
      (each) => each.type === "ObjectProperty" && each.key.type === "StringLiteral" && each.key.value === key,
    );
    value = found?.type === "ObjectProperty" ? (found.value as Expression) : undefined;
  }
  return value;
}

function textAt(object: Expression | undefined, ...path: readonly string[]): string | undefined {
  const value = valueAt(object, ...path);
  return value?.type === "StringLiteral" ? value.value : undefined;
}

/** The layers of a model's config, each followed by those inside if it is a model. */
function layersOf(config: Expression | undefined): FoundLayer[] {
  // The config of a Sequential used to be the list of layers itself.
  const list = valueAt(config, "layers") ?? config;
  const elements = list?.type === "ArrayExpression" ? list.elements : [];
  return elements.flatMap((layer): FoundLayer[] => {
    const kind = layer?.type === "ObjectExpression" ? textAt(layer, "class_name") : undefined;
    if (layer?.type !== "ObjectExpression" || kind === undefined) return [];
    const name = textAt(layer, "config", "name");
    const place = { start: layer.start ?? 0, end: layer.end ?? 0 };
    const inside = MODEL_CLASSES.has(kind) ? layersOf(valueAt(layer, "config")) : [];
    return [{ ...place, kind, ...(name === undefined ? { isNameHidden: true } : { name }) }, ...inside];
  });
}

export function scanModelJson(text: string): Scan {
  const file = parseObject(text);
  if (file === undefined) return { definitions: [], hindrances: [], isWhole: false };
  const topology = valueAt(file, "modelTopology") ?? file;
  // What Keras wrote has the model below `model_config`.
  const model = valueAt(topology, "model_config") ?? topology;
  const className = textAt(model, "class_name");
  if (className === undefined || !MODEL_CLASSES.has(className)) return NONE;
  const config = valueAt(model, "config");
  const name = textAt(config, "name") ?? "model";
  const place = { start: file.start ?? 0, end: file.end ?? text.length };
  const layers = layersOf(config);
  return {
    definitions: [{ name, exportName: "default", kind: "function", ...place, layers }],
    hindrances: [],
    isWhole: true,
  };
}
