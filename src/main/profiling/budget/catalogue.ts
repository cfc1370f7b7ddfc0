import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { AppError, type Model, modelSchema } from "../../../shared/domain/index.ts";
import { resourcesFolder } from "../../store/index.ts";
import { nearNames } from "./near-names.ts";

/** The catalogue that ships with Bayplan, in its own order. Throws a ZodError when the file is damaged. */
export async function loadModels(): Promise<Model[]> {
  const text = await readFile(join(resourcesFolder(), "models.json"), "utf8");
  return z.array(modelSchema).parse(JSON.parse(text));
}

/** The model with that id or name, upper and lower case alike. Throws `not-found` with near names. */
export async function findModel(name: string): Promise<Model> {
  const models = await loadModels();
  const wanted = name.trim().toLowerCase();
  const found = models.find((model) => model.id === wanted || model.name.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const near = nearNames(
    wanted,
    models.map((model) => model.id),
  );
  const hint = near.length > 0 ? `Did you mean ${near.join(", ")}?` : "`bayplan models` lists the models.";
  throw new AppError("not-found", `There is no model ${name} in the catalogue.`, { hint });
}

/**
 * The catalogue's model of a board that names itself (`Raspberry Pi 4 Model B Rev 1.4`), of the memory size that is
 * nearest above what its kernel reports; null when the catalogue does not have it.
 */
export function recogniseModel(models: readonly Model[], board: string, memoryTotalBytes: number): Model | null {
  const says = simplify(board);
  const candidates = models
    .map((model) => ({
      model,
      base: simplify(model.name.replace(/\s+\d+\s?(?:GB|MB)\b.*$/i, "").replace(/\(.*\)/, "")),
    }))
    .filter(({ base }) => base !== "" && (says === base || says.startsWith(`${base} `)));
  const longest = Math.max(0, ...candidates.map(({ base }) => base.length));
  const memoryMiB = memoryTotalBytes / 1024 / 1024;
  const fitting = candidates
    .filter(({ base, model }) => base.length === longest && (model.memoryMiB ?? 0) >= memoryMiB)
    .sort((a, b) => (a.model.memoryMiB ?? 0) - (b.model.memoryMiB ?? 0));
  return fitting[0]?.model ?? null;
}

function simplify(name: string): string {
  return name
    .toLowerCase()
    .replace(/\brev\b.*$/, "")
    .replace(/[^a-z0-9+]+/g, " ")
    .replace(/\bplus\b/g, "+")
    .replace(/ ?\+/g, "+")
    .trim();
}
