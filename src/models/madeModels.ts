/** Models that the code of a user's file makes: a function may keep its model, where only other code of the file finds it. */
import type { LayersModel } from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";

export class MadeModels {
  private made: LayersModel[] = [];

  /** Those functions of TensorFlow.js that make models; what they make is noted. */
  noting(tf: TF): Pick<TF, "sequential" | "model"> {
    const note = <T extends LayersModel>(model: T): T => {
      this.made.push(model);
      return model;
    };
    return {
      sequential: (config) => note(tf.sequential(config)),
      model: (args) => note(tf.model(args)),
    };
  }

  forget(): void {
    this.made = [];
  }

  /** Since they were forgotten: each by its name, without those that are a part of another; undefined where there are none. */
  get whole(): Readonly<Record<string, LayersModel>> | undefined {
    const parts = new Set<unknown>(this.made.flatMap(({ layers }) => layers));
    const whole = this.made.filter((each) => !parts.has(each));
    return whole.length === 0 ? undefined : Object.fromEntries(whole.map((each) => [each.name, each]));
  }
}
