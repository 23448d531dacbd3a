import manifest from "../../package.json" with { type: "json" };

/** Version of Whittle. */
export const VERSION = manifest.version;
