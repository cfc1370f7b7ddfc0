import { join } from "node:path";
import * as z from "zod";
import {
  type AccuracyPair,
  AppError,
  accuracyPairSchema,
  type Correction,
  correctionFrom,
  correctionRuns,
  type DeviceSpeed,
  deviceSpeedSchema,
  type LearnedModel,
} from "../../../shared/domain/index.ts";
import { type Document, openDocument } from "../../store/index.ts";

/** So many pairs of a model are kept, the newest: a board's software changes, and with it what was learned. */
const pairsMax = 50;

/** What was measured on devices and learned from runs on them, in the data folder. */
export class Speeds {
  readonly #devices: Document<DeviceSpeed[]>;
  readonly #pairs: Document<AccuracyPair[]>;

  constructor(dataFolder: string) {
    this.#devices = openDocument(join(dataFolder, "device-speeds.json"), z.array(deviceSpeedSchema), []);
    this.#pairs = openDocument(join(dataFolder, "learned.json"), z.array(accuracyPairSchema), []);
  }

  /** Every device that was measured, by name. */
  async devices(): Promise<DeviceSpeed[]> {
    return (await this.#devices.read()).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Null when its speed was never measured there. */
  async ofDevice(id: string): Promise<DeviceSpeed | null> {
    return (await this.#devices.read()).find(({ deviceId }) => deviceId === id) ?? null;
  }

  async keep(speed: DeviceSpeed): Promise<void> {
    await this.#devices.update((all) => [...all.filter(({ deviceId }) => deviceId !== speed.deviceId), speed]);
  }

  /** The same run on a device counts once, whatever it was compared with before. */
  async learn(pair: AccuracyPair): Promise<void> {
    await this.#pairs.update((all) => {
      const others = all.filter(({ measuredRunId }) => measuredRunId !== pair.measuredRunId);
      const ofModel = others.filter(({ modelId }) => modelId === pair.modelId).slice(-(pairsMax - 1));
      return [...others.filter(({ modelId }) => modelId !== pair.modelId), ...ofModel, pair];
    });
  }

  /** What was learned of each model, whether it is used yet or not. */
  async learned(): Promise<LearnedModel[]> {
    const pairs = await this.#pairs.read();
    return [...new Set(pairs.map(({ modelId }) => modelId))].sort().map((modelId) => {
      const ofModel = pairs.filter((pair) => pair.modelId === modelId);
      const { factor, runs } = correctionFrom(ofModel, ofModel.at(-1)?.score ?? 1);
      return { modelId, factor, runs, needed: correctionRuns, used: runs >= correctionRuns };
    });
  }

  /** The correction of a model whose speed is taken as `score`; null while too few runs have taught one. */
  async correctionOf(modelId: string, score: number): Promise<Correction | null> {
    const pairs = (await this.#pairs.read()).filter((pair) => pair.modelId === modelId);
    return pairs.length < correctionRuns ? null : correctionFrom(pairs, score);
  }

  /** Forgets what was learned of a model. Throws `not-found` when that is nothing. */
  async forget(modelId: string): Promise<void> {
    let found = false;
    await this.#pairs.update((all) => {
      found = all.some((pair) => pair.modelId === modelId);
      return all.filter((pair) => pair.modelId !== modelId);
    });
    if (!found) {
      throw new AppError("not-found", `Nothing was learned of ${modelId}.`, {
        hint: "`bayplan calibrate --list` shows of which models something was.",
      });
    }
  }
}
