import { join } from "node:path";
import type { Mount, Service, Substitution } from "../../../shared/domain/index.ts";
import type { IsHere } from "./devices.ts";
import { type LocalStandIns, type Step, shownFrom, standInPath } from "./local-stand-ins.ts";
import { wrong } from "./services.ts";

/** Where an entry of `binds` leads: the entry, and the path of this machine, null to leave the mount out. */
export interface BindStandIn {
  entry: string;
  path: string | null;
}

/**
 * Folders and files of the host that another one stands in for. An entry counts for what is below it, too; the longest one
 * that fits counts.
 * @throws AppError `bad-input` with the place of a stand-in that is not here: the engine would make an empty folder of it.
 */
export function standInBinds(services: readonly Service[], from: LocalStandIns, isHere: IsHere): Step {
  const substitutions: Substitution[] = [];
  const change = (service: Service): Service => {
    const mounts = service.mounts.flatMap((mount): Mount[] => {
      const { source } = mount;
      const standIn = mount.kind !== "bind" || source === null ? null : bindStandIn(from, source);
      if (standIn === null || source === null) return [mount];
      const place = from.placeOf("binds", standIn.entry);
      if (standIn.path !== null) requireHere(standIn.path, from, standIn.entry, isHere);
      const instead = standIn.path === null ? "left out" : shownFrom(from, standIn.path);
      substitutions.push({ kind: "bind", service: service.name, what: source, instead, place });
      return standIn.path === null ? [] : [{ ...mount, source: standIn.path }];
    });
    return { ...service, mounts };
  };
  return { services: services.map(change), substitutions };
}

/** What stands in for a path of the host; null when nothing does. */
export function bindStandIn(from: LocalStandIns, path: string): BindStandIn | null {
  const [entry] = Object.keys(from.local.binds)
    .filter((key) => path === trimmed(key) || path.startsWith(`${trimmed(key)}/`))
    .sort((a, b) => b.length - a.length);
  const given = entry === undefined ? undefined : from.local.binds[entry];
  if (entry === undefined || given === undefined) return null;
  if (given === "omit") return { entry, path: null };
  return { entry, path: join(standInPath(from, given), path.slice(trimmed(entry).length)) };
}

/** @throws AppError `bad-input` when it is not. */
export function requireHere(path: string, from: LocalStandIns, entry: string, isHere: IsHere): void {
  if (isHere(path)) return;
  throw wrong(from.placeOf("binds", entry), `There is no ${path} to stand in for ${entry}.`, "Make it, or write omit.");
}

/** Every path that a stand-in may lead to. */
export function bindPaths(services: readonly Service[], from: LocalStandIns): string[] {
  const sources = services.flatMap(({ mounts }) =>
    mounts.flatMap(({ kind, source }) => (kind === "bind" && source !== null ? [source] : [])),
  );
  return sources.flatMap((source) => bindStandIn(from, source)?.path ?? []);
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
