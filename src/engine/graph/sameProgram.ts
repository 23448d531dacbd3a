import type { GraphNode } from "./nodes.ts";
import type { Recording } from "./recorder.ts";

/** Whether two recordings do the same with the same tensors, constants included. */
export function isSameProgram(a: Recording, b: Recording): boolean {
  return (
    a.nodes.length === b.nodes.length &&
    a.nodes.every((node, index) => keyOf(node) === keyOf(b.nodes[index])) &&
    key(a) === key(b)
  );
}

function key({ inputs, variables, captured, outputs, assigned }: Recording): string {
  const names = (all: Recording["variables"]) => all.map(({ variable, port }) => [variable.id, port]);
  return JSON.stringify([inputs, names(variables), captured.map(({ port }) => port), outputs, names(assigned)]);
}

function keyOf(node: GraphNode | undefined): string {
  if (node?.kind !== "constant") return JSON.stringify(node);
  return JSON.stringify({ ...node, content: Buffer.from(node.content).toString("base64") });
}
