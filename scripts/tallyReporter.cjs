/** Mocha's usual output, and the counts and what failed in the file that --reporter-option output=FILE names. */
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class TallyReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const failures = this.failures.map((test) => ({ name: test.fullTitle(), error: test.err?.message ?? "" }));
      const tally = { passed: this.stats.passes, failed: this.stats.failures, failures };
      writeFileSync(options.reporterOptions.output, JSON.stringify(tally));
    });
  }
};
