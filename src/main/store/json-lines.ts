import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type * as z from "zod";
import { AppError } from "../../shared/domain/index.ts";

/** JSON lines one by one; none for no file. The last may be torn by a crash and is then left out, any other bad one throws `internal`. */
export async function* eachJsonLine<T>(path: string, schema: z.ZodType<T>): AsyncGenerator<T, void, void> {
  if (!existsSync(path)) return;
  let torn: unknown = null;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (torn !== null) throw new AppError("internal", `${path} is damaged.`, { cause: torn });
    let value: T;
    try {
      value = schema.parse(JSON.parse(line));
    } catch (error) {
      torn = error;
      continue;
    }
    yield value;
  }
}

/** All of them at once. */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of eachJsonLine(path, schema)) values.push(value);
  return values;
}
