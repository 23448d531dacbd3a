/** What tests draw by `Math.random`, initial weights above all, is the same each time: by the test's name. */
import { createRandom } from "../src/data/random.ts";

const seedBy = (name: string): void => {
  const random = createRandom("test", name);
  Math.random = () => random.next();
};

export const mochaHooks = {
  beforeAll(): void {
    seedBy("before all");
  },
  beforeEach(this: Mocha.Context): void {
    seedBy(this.currentTest?.fullTitle() ?? "");
  },
};
