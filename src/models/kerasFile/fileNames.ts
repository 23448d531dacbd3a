/** What a `.keras` file, which is a zip, holds. */
export const ARCHIVE_FILES = { metadata: "metadata.json", config: "config.json", weights: "model.weights.h5" } as const;
