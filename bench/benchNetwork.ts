/** A model as training has it, for the programs here that drive the loop, or its steps, themselves. */
import type * as Tf from "@tensorflow/tfjs";
import { createRunner, type Runner } from "../src/engine/graph/runner.ts";
import type { StartedEngine } from "../src/engine/start.ts";
import { createMetrics } from "../src/models/metrics.ts";
import { createObjective } from "../src/models/objective.ts";
import { createNetwork, type Network } from "../src/trainer/network.ts";

/**
 * Trained by class ids, and scored by its accuracy.
 * @param runner without one, each program is a graph where the engine has graphs
 */
export function benchNetwork(
  engine: Omit<StartedEngine, "versions">,
  model: Tf.LayersModel,
  inputShape: readonly number[],
  runner: Runner = createRunner(engine.tf, { maker: engine.graphs }),
): Network {
  const { tf } = engine;
  const [metric] = createMetrics(tf, ["accuracy"]);
  if (metric === undefined) throw new Error("no metric");
  const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
  return createNetwork(tf, { model, objective, metric, inputShape, layers: ["**"], runner, engine });
}
