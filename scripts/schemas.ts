/** Writes the published JSON schemas into docs/schemas: `npm run schemas`. A test compares them with the code. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publishedSchemas } from "./published-schemas.ts";

const folder = join(import.meta.dirname, "../docs/schemas");
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(publishedSchemas())) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
}
