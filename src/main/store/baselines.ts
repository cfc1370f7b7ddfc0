import { join } from "node:path";
import * as z from "zod";
import { AppError, type Baseline, baselineSchema } from "../../shared/domain/index.ts";
import { openDocument } from "./document.ts";

const storedSchema = z.object({ baselines: z.array(baselineSchema) });

/** Baselines by their names, in the data folder. */
export interface BaselineStore {
  list(): Promise<Baseline[]>;
  /** Takes the place of one of the same name. */
  set(baseline: Baseline): Promise<void>;
  /** Throws `not-found`. */
  get(name: string): Promise<Baseline>;
  /** Throws `not-found`. */
  remove(name: string): Promise<void>;
}

export function openBaselines(dataFolder: string): BaselineStore {
  const document = openDocument(join(dataFolder, "baselines.json"), storedSchema, { baselines: [] });
  return {
    list: async () => (await document.read()).baselines,

    async set(baseline) {
      await document.update(({ baselines }) => ({ baselines: [...without(baselines, baseline.name), baseline] }));
    },

    async get(name) {
      const found = (await document.read()).baselines.find((one) => one.name === name);
      if (found === undefined) throw noBaseline(name);
      return found;
    },

    async remove(name) {
      await document.update(({ baselines }) => {
        if (without(baselines, name).length === baselines.length) throw noBaseline(name);
        return { baselines: without(baselines, name) };
      });
    },
  };
}

function without(baselines: readonly Baseline[], name: string): Baseline[] {
  return baselines.filter((one) => one.name !== name);
}

function noBaseline(name: string): AppError {
  return new AppError("not-found", `There is no baseline ${name}.`, {
    hint: "`bayplan baseline list` has them, `bayplan baseline set NAME RUN` sets one; a file is written with a slash: ./base.bayplan.",
  });
}
