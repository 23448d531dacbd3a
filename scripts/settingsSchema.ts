/**
 * Writes media/whittle.schema.json, the JSON schema of settings files, from the settings' own schema: `npm run docs`. A
 * unit test fails when the file is not what this writes.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { settingsSchema } from "../src/protocol/settings.ts";

export function settingsJsonSchema(): string {
  const schema = z.toJSONSchema(settingsSchema, {
    io: "input",
    target: "draft-7",
    override: ({ jsonSchema }) => {
      // `custom` stands for a function of the experiment; a file cannot give one.
      if (Array.isArray(jsonSchema.enum)) jsonSchema.enum = jsonSchema.enum.filter((value) => value !== "custom");
      // Limits of JavaScript's numbers, which say nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // Descriptions have `code` in them, which VS Code shows as such only here.
      if (jsonSchema.description !== undefined) jsonSchema["markdownDescription"] = jsonSchema.description;
    },
  });
  const whole = {
    ...schema,
    title: "Settings of a Whittle run",
    description: "Each key has a default; what stands here wins over the experiment's own settings.",
    properties: { $schema: { type: "string" }, ...schema.properties },
    defaultSnippets: [
      {
        label: "Sparser, if a point of the metric may go",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a place to type in, as snippets write it
        body: { pruning: { bound: { maxDrop: "^${1:1}" }, tolerance: "^${2:0.2}" } },
      },
    ],
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(resolve(import.meta.dirname, "../media/whittle.schema.json"), settingsJsonSchema());
}
