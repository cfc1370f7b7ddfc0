import { isAbsolute, relative, resolve } from "node:path";
import type { Place, Service, Substitution } from "../../../shared/domain/index.ts";
import type { OpenedBayplanFile } from "../bayplan-file/bayplan-file.ts";
import type { LocalSettings } from "../bayplan-file/local-settings.ts";

/** `local:` of a `bayplan.yaml`, with where it stands. */
export interface LocalStandIns {
  /** The folder that relative paths start from. */
  folder: string;
  local: LocalSettings;
  /** Where a value stands, by the keys below `local` that lead to it. */
  placeOf: (...path: readonly string[]) => Place;
}

export function localStandIns({ settings, placeOf }: OpenedBayplanFile, folder: string): LocalStandIns {
  return { folder, local: settings.local, placeOf: (...path) => placeOf("local", ...path) };
}

/** A path of `bayplan.yaml` as an absolute one. */
export function standInPath({ folder }: LocalStandIns, path: string): string {
  return resolve(folder, path);
}

/** A path as a person wrote it: below the folder of the file relative to it, else as it is. */
export function shownFrom({ folder }: LocalStandIns, path: string): string {
  const way = relative(folder, path);
  return way === "" || way.startsWith("..") || isAbsolute(way) ? path : way;
}

/** One step of putting stand-ins in: services as they are afterwards, and what was done. */
export interface Step {
  services: Service[];
  substitutions: Substitution[];
}

/** One change of several services is one line. */
export function gathered(services: readonly Service[], substitutions: readonly Substitution[]): Substitution[] {
  const keyOf = ({ kind, what, instead, place }: Substitution) => JSON.stringify([kind, what, instead, place]);
  const counts = new Map<string, number>();
  for (const one of substitutions) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  const told = new Set<string>();
  return substitutions.flatMap((one) => {
    const key = keyOf(one);
    if (services.length < 2 || counts.get(key) !== services.length) return [one];
    if (told.has(key)) return [];
    told.add(key);
    return [{ ...one, service: null }];
  });
}
