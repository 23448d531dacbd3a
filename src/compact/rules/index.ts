/** The rule for a call of a layer, by how its kind says that features flow. */
import type { Flow, FlowContext } from "../../layers/flow.ts";
import { kindOfClass } from "../../layers/index.ts";
import { insideOf } from "../../layers/inside.ts";
import type { Layer } from "../applications.ts";
import type { Weight } from "../weights.ts";
import { attend } from "./attend.ts";
import { concatenate } from "./concatenate.ts";
import { each } from "./each.ts";
import { mix } from "./mix.ts";
import { opaque } from "./opaque.ts";
import { directions, recur } from "./recur.ts";
import { reshape } from "./reshape.ts";
import type { Rule, RuleParts, Size } from "./rule.ts";
import { table } from "./table.ts";

export interface CallParts extends Omit<RuleParts, "flow" | "config" | "className" | "weights"> {
  readonly layer: Layer;
  readonly shapes: Pick<FlowContext, "inputs" | "output">;
  weightsOf(layer: Layer): readonly Weight[];
}

export function ruleFor(parts: CallParts): Rule {
  return (
    known(parts, parts.layer, parts.shapes) ??
    opaque({ ...parts, flow: { how: "concatenate" }, ...readLayer(parts, parts.layer) })
  );
}

function known(parts: CallParts, layer: Layer, shapes: CallParts["shapes"]): Rule | undefined {
  const read = readLayer(parts, layer);
  const flow = kindOfClass(read.className)?.flow?.({ config: read.config, ...shapes });
  if (flow === undefined) return undefined;
  if (flow.how === "steps") return eachStep(parts, layer, shapes);
  if (flow.how === "directions") {
    const [forward, backward] = insideOf(layer).map(parts.weightsOf);
    return forward && backward && directions({ ...parts, ...read, flow }, [forward, backward]);
  }
  return makeRule({ ...parts, ...read, flow });
}

function readLayer({ weightsOf }: CallParts, layer: Layer): Pick<RuleParts, "config" | "className" | "weights"> {
  return { className: layer.getClassName(), config: layer.getConfig(), weights: weightsOf(layer) };
}

function makeRule(parts: RuleParts): Rule | undefined {
  const makers: { readonly [How in Flow["how"]]?: (of: RuleParts<Extract<Flow, { how: How }>>) => Rule | undefined } = {
    mix,
    each,
    concatenate,
    reshape,
    table,
    recur,
    attend,
  };
  const make = makers[parts.flow.how] as ((of: RuleParts) => Rule | undefined) | undefined;
  return make?.(parts);
}

/** As the layer inside, which does not see the axis of the steps. */
function eachStep(parts: CallParts, layer: Layer, { inputs, output }: CallParts["shapes"]): Rule | undefined {
  const [inner] = insideOf(layer);
  const ofStep = ([batch = null, , ...rest]: readonly (number | null)[]): readonly (number | null)[] => [
    batch,
    ...rest,
  ];
  const rule = inner && known(parts, inner, { inputs: inputs.map(ofStep), output: ofStep(output) });
  if (rule === undefined) return undefined;
  const inside = (path: Size["path"]): Size["path"] => ["layer", "config", ...path];
  const { sizes, fold, ...rest } = rule;
  return {
    ...rest,
    ...(sizes && { sizes: sizes.map((size) => ({ ...size, path: inside(size.path) })) }),
    ...(fold && { fold: fold.useBias === undefined ? fold : { ...fold, useBias: inside(fold.useBias) } }),
  };
}
