/** A file that a panel made and the user wants to keep; every panel may send this beside its own messages. */
import { z } from "zod";

/** Characters of base64; a picture of a chart has some hundred thousand. */
const MOST_BASE64 = 40_000_000;

export const saveFileSchema = z.strictObject({
  type: z.literal("saveFile"),
  /** Proposed to the user, ending included. */
  name: z.string().min(1).max(300),
  base64: z.base64().max(MOST_BASE64),
});
export type SaveFile = z.infer<typeof saveFileSchema>;
