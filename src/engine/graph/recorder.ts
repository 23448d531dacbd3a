/**
 * Writes down what a program of tensors does, while it runs: every operation that the native backend is asked for, and
 * every tensor that is made of plain numbers. Knows nothing of what the program is for.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TensorMetadata, TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import type { TF } from "../types.ts";
import type { NodeBackend } from "./backend.ts";
import { inferTypes } from "./inferTypes.ts";
import type { GraphNode, Port, TypeNumber } from "./nodes.ts";

/** Their results come from a state of their own, from which no stopped run could go on. */
const STATEFUL = new Set([
  "Multinomial",
  "RandomUniform",
  "RandomStandardNormal",
  "TruncatedNormal",
  "RandomUniformInt",
]);

/**
 * TensorFlow prepares a graph before it runs it, and rounds otherwise then: it computes with constants ahead and makes a
 * division by one a product; it takes sums of sums as one, a·x + a·y as a·(x + y), and products of products in another order.
 * It also puts a sum into the product or convolution before it, and a transposition into the product after it. It leaves
 * alone what could be fed, so constants, and what goes from one of these into another, pass through a node that could be.
 */
const SUMS = ["Add", "AddN", "Sub", "Mul", "Neg"];
const CONTRACTIONS = ["MatMul", "_FusedMatMul", "BatchMatMulV2", "Conv2D", "DepthwiseConv2dNative", "Conv3D"];
/** Operation → what must not be seen before it. */
const SHIELDED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ...SUMS.map((op) => [op, new Set([...SUMS, ...CONTRACTIONS])] as const),
  ...CONTRACTIONS.map((op) => [op, new Set(["Transpose"])] as const),
]);

export interface Recording {
  readonly nodes: readonly GraphNode[];
  /** Those of the inputs that the program used, by their places in the list. */
  readonly inputs: readonly { readonly index: number; readonly port: Port }[];
  /** Variables that were read, as they stood before. */
  readonly variables: readonly { readonly variable: Tf.Variable; readonly port: Port }[];
  /** Other tensors that were there before. */
  readonly captured: readonly { readonly tensor: Tf.TensorInfo; readonly port: Port }[];
  /** Of the results, in their order. */
  readonly outputs: readonly Port[];
  /** Variables that were given another value. */
  readonly assigned: readonly { readonly variable: Tf.Variable; readonly port: Port }[];
  /** Why this cannot be a graph, in a sentence without full stop. */
  readonly problem: string | undefined;
}

/**
 * Runs `program` once, eagerly, with all that comes of it: results are there, variables are assigned.
 * @param inputs what is another tensor at each run, of the same shape and type
 */
export function record(
  tf: TF,
  backend: NodeBackend,
  inputs: readonly Tf.Tensor[],
  program: () => readonly Tf.Tensor[],
): { readonly results: readonly Tf.Tensor[]; readonly recording: Recording } {
  const variables = Object.values(tf.engine().registeredVariables);
  separate(tf, variables);
  const tape = new Tape(backend, inputs, variables);
  const { binding, getInputTensorIds } = backend;
  let results: readonly Tf.Tensor[];
  backend.binding = tape.binding;
  backend.getInputTensorIds = (tensors) => tape.see(tensors, getInputTensorIds.call(backend, tensors));
  try {
    results = program();
    return { results, recording: tape.finish(results) };
  } finally {
    backend.binding = binding;
    backend.getInputTensorIds = getInputTensorIds;
  }
}

/** Variables that were made of one tensor share it until one is assigned; in a graph they must be told apart before. */
function separate(tf: TF, variables: readonly Tf.Variable[]): void {
  const seen = new Set<object>();
  for (const variable of variables) {
    if (seen.has(variable.dataId)) tf.tidy(() => variable.assign(tf.mul(variable, tf.onesLike(variable))));
    seen.add(variable.dataId);
  }
}

interface Known {
  readonly port: Port;
  readonly dtype: TypeNumber;
  /** Its value belongs to the program, not to a run of it. */
  readonly isConstant: boolean;
}

class Tape {
  /** The backend's own with three methods watched. */
  readonly binding: TFJSBinding;
  private readonly real: TFJSBinding;
  private readonly nodes: GraphNode[] = [];
  /** Tensors by the backend's number. */
  private readonly known = new Map<number, Known>();
  private readonly seen = new Map<number, Tf.TensorInfo>();
  /** Results of operations that have not passed a shield. */
  private readonly made = new Map<number, { readonly op: string; readonly shape: readonly number[] }>();
  private readonly used = {
    inputs: [] as { index: number; port: Port }[],
    captured: [] as Recording["captured"][number][],
  };
  private readonly read: Recording["variables"][number][] = [];
  private readonly inputIds: readonly number[];
  private readonly before: ReadonlyMap<number, Tf.Variable>;
  private problem: string | undefined;

  constructor(
    private readonly backend: NodeBackend,
    inputs: readonly Tf.Tensor[],
    variables: readonly Tf.Variable[],
  ) {
    this.real = backend.binding;
    this.inputIds = this.see(inputs, backend.getInputTensorIds([...inputs]));
    const ids = this.see(variables, backend.getInputTensorIds([...variables]));
    if (new Set([...this.inputIds, ...ids]).size < inputs.length + variables.length) {
      this.refuse("two of its inputs and variables are one tensor");
    }
    this.before = new Map(variables.map((variable, index) => [ids[index] ?? -1, variable]));
    const watched: Partial<TFJSBinding> = {
      createTensor: (...args) => this.createTensor(...args),
      executeOp: (...args) => this.executeOp(...args),
      tensorDataSync: (id) => this.readTensor(id),
    };
    const methods = (name: string): unknown => Reflect.get(name in watched ? watched : this.real, name);
    // Not a proxy of the binding itself, whose methods may not be replaced.
    this.binding = new Proxy({} as TFJSBinding, {
      get: (_target, key) => {
        const value = methods(String(key));
        return typeof value === "function" ? value.bind(this.real) : value;
      },
    });
  }

  /** Remembers what the numbers stand for. */
  see(tensors: readonly unknown[], ids: number[]): number[] {
    for (const [index, id] of ids.entries()) {
      const tensor = tensors[index] as Partial<Tf.TensorInfo>;
      // tfjs-node's scalars of 64 bits are no tensors.
      if (tensor.dataId !== undefined) this.seen.set(id, tensor as Tf.TensorInfo);
    }
    return ids;
  }

  finish(results: readonly Tf.Tensor[]): Recording {
    const portOf = (tensor: Tf.Tensor): Port => {
      const [id = -1] = this.backend.getInputTensorIds([tensor]);
      const { port } = this.find(id);
      // What goes in cannot come out as it is.
      return this.isFed(id) ? this.add("Identity", [port], [this.typeAttribute("T", id)]) : port;
    };
    const outputs = results.map(portOf);
    const assigned = [...this.before].flatMap(([before, variable]) => {
      if (variable.isDisposed) return [];
      const [id] = this.backend.getInputTensorIds([variable]);
      return id === before ? [] : [{ variable, port: portOf(variable) }];
    });
    return {
      nodes: this.nodes,
      ...this.used,
      variables: this.read,
      outputs,
      assigned,
      problem: this.problem,
    };
  }

  private createTensor(shape: number[], dtype: number, buffer: Parameters<TFJSBinding["createTensor"]>[2]): number {
    const id = this.real.createTensor(shape, dtype, buffer);
    if (!ArrayBuffer.isView(buffer)) {
      this.refuse("it makes tensors of text");
      return id;
    }
    const name = `c${this.nodes.length}`;
    const content = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice();
    this.nodes.push({ kind: "constant", name, dtype, shape: [...shape], content });
    const port: Port = `${name}:0`;
    const shielded = dtype === this.real.TF_FLOAT ? this.shield(port, dtype, shape) : port;
    this.known.set(id, { port: shielded, dtype, isConstant: true });
    return id;
  }

  private executeOp(op: string, attributes: TFEOpAttr[], ids: number[], count: number): TensorMetadata[] {
    const outputs = this.real.executeOp(op, attributes, ids, count);
    if (STATEFUL.has(op)) this.refuse(`${op} draws random numbers that a resumed run could not repeat`);
    const inputs = ids.map((id) => this.findFor(op, id));
    const types = inferTypes(
      op,
      attributes,
      inputs.map(({ dtype }) => dtype),
    ).map(({ name, dtype }) => ({ name, type: this.real.TF_ATTR_TYPE, value: dtype }));
    const port = this.add(
      op,
      inputs.map((input) => input.port),
      [...attributes, ...types],
    );
    const [name] = port.split(":");
    for (const [index, { id, dtype, shape }] of outputs.entries()) {
      this.known.set(id, { port: `${name}:${index}`, dtype, isConstant: false });
      this.made.set(id, { op, shape });
    }
    return outputs;
  }

  private readTensor(id: number): Float32Array | Int32Array | Uint8Array {
    if (this.known.get(id)?.isConstant !== true) this.refuse("it reads the values of tensors while it runs");
    return this.real.tensorDataSync(id);
  }

  private find(id: number): Known {
    const found = this.known.get(id);
    if (found !== undefined) return found;
    const tensor = this.seen.get(id);
    if (tensor === undefined) throw new Error(`an operation has an input that is no tensor: ${id}`);
    const name = `p${this.nodes.length}`;
    const { dtype } = this.backend.tensorMap.get(tensor.dataId);
    this.nodes.push({ kind: "placeholder", name, dtype, shape: [...tensor.shape] });
    const port: Port = `${name}:0`;
    const known = { port, dtype, isConstant: false };
    this.known.set(id, known);
    const index = this.inputIds.indexOf(id);
    const variable = this.before.get(id);
    if (index >= 0) this.used.inputs.push({ index, port });
    else if (variable !== undefined) this.read.push({ variable, port });
    else this.used.captured.push({ tensor, port });
    return known;
  }

  /** As `op` takes it. */
  private findFor(op: string, id: number): Known {
    const known = this.find(id);
    const made = this.made.get(id);
    if (made === undefined || SHIELDED.get(op)?.has(made.op) !== true) return known;
    this.made.delete(id);
    const shielded = { ...known, port: this.shield(known.port, known.dtype, made.shape) };
    this.known.set(id, shielded);
    return shielded;
  }

  private isFed(id: number): boolean {
    const { port } = this.find(id);
    return port.startsWith("p");
  }

  private add(op: string, inputs: readonly Port[], attributes: readonly TFEOpAttr[]): Port {
    const name = `n${this.nodes.length}`;
    this.nodes.push({ kind: "operation", name, op, inputs, attributes });
    return `${name}:0`;
  }

  private shield(port: Port, dtype: TypeNumber, shape: readonly number[]): Port {
    return this.add(
      "PlaceholderWithDefault",
      [port],
      [
        { name: "dtype", type: this.real.TF_ATTR_TYPE, value: dtype },
        { name: "shape", type: this.real.TF_ATTR_SHAPE, value: [...shape] },
      ],
    );
  }

  private typeAttribute(name: string, id: number): TFEOpAttr {
    return { name, type: this.real.TF_ATTR_TYPE, value: this.find(id).dtype };
  }

  private refuse(problem: string): void {
    this.problem ??= problem;
  }
}
