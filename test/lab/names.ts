/** Names, addresses and folders that everything in the lab agrees on. */
import { homedir } from "node:os";
import { join } from "node:path";

/** Prefix of every thing the lab creates outside its folders: cgroups, firewall rules, labels. */
export const OWNER = "bayplan-lab";
/** Label put on anything created in an engine for the lab. */
export const OWNER_LABEL = "bayplan-lab.owner";
export const DEFAULT_LAB_NAME = "default";

export const BRIDGE = "bpl0";
export const BRIDGE_ADDRESS = "10.77.0.1";
export const PREFIX_LENGTH = 24;
/** Every link of the lab starts with this. */
export const LINK_PREFIX = "bpl";

export const LOCAL_ENGINE_SOCKET = "/var/run/docker.sock";

export const RUN_ROOT = "/run/bayplan-lab";

export function labFolder(name: string): string {
  return join(RUN_ROOT, name);
}

export function cacheFolder(...parts: string[]): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "bayplan-lab", ...parts);
}

export function deviceAddress(index: number): string {
  return `10.77.0.${10 + index}`;
}

/** On the network inside device `jump`; the device itself has the number 1 there. */
export function innerAddress(jump: number, index: number): string {
  return `10.78.${jump}.${10 + index}`;
}

export function innerGateway(jump: number): string {
  return `10.78.${jump}.1`;
}

/** The bridge of a device that has others behind it. */
export const INNER_BRIDGE = "inner0";

/** Locally administered, stable for a device of a given index. */
export function deviceMac(index: number): string {
  return `02:ba:71:a0:00:${index.toString(16).padStart(2, "0")}`;
}

export function hostLink(index: number): string {
  return `${LINK_PREFIX}v${index}`;
}

export function tapLink(index: number): string {
  return `${LINK_PREFIX}t${index}`;
}
