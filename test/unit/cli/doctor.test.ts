import assert from "node:assert/strict";
import { describeDiagnosis } from "../../../src/cli/engineCommands.ts";

describe("whittle doctor", () => {
  it("says of each engine whether it works, why, and what to do", () => {
    const text = describeDiagnosis({
      engines: [
        { name: "native", found: false, usable: false, reason: "It is not there.", remedy: "Get it.", versions: {} },
        {
          name: "wasm",
          found: true,
          usable: true,
          reason: "Its check passed.",
          remedy: "",
          versions: { tfjs: "4.22.0" },
        },
      ],
      choice: "wasm",
      cacheFolder: "/cache",
      nativeFolder: "/cache/native",
      machine: { platform: "linux-x64", node: "20.20.2", cpu: "Chip", cores: 2, cpuFlags: ["avx2"] },
    });
    assert.match(text, /^machine: linux-x64, 2 × Chip, avx2, Node 20\.20\.2$/m);
    assert.match(text, /^✖ native +It is not there\.\n +Get it\.$/m);
    assert.match(text, /^✔ wasm +Its check passed\. \(tfjs 4\.22\.0\)$/m);
    assert.match(text, /Runs use wasm/);
  });
});
