import { AppError, type Device } from "../../../shared/domain/index.ts";

/**
 * The device that a person means by a name, an id (or the beginning of one), a host name or an address. Throws
 * `not-found` with near names, and `bad-input` when it could be several.
 */
export function findDevice(devices: readonly Device[], wanted: string, aliases: ReadonlyMap<string, string>): Device {
  const key = wanted
    .trim()
    .toLowerCase()
    .replace(/\.local\.?$/, "");
  const id = aliases.get(wanted.trim()) ?? wanted.trim();
  const exact = devices.filter((device) => device.id === id);
  const ways: ((device: Device) => boolean)[] = [
    (device) => device.name.toLowerCase() === key,
    (device) => device.facts?.hostName.toLowerCase() === key,
    (device) => [device.target.host, ...device.addresses].some((address) => address.toLowerCase() === key),
    (device) => `${device.target.host}:${device.target.port}`.toLowerCase() === key,
    (device) => key.length >= 4 && device.id.startsWith(key),
  ];
  for (const found of [exact, ...ways.map((way) => devices.filter(way))]) {
    const [only] = found;
    if (only === undefined) continue;
    if (found.length === 1) return only;
    throw new AppError("bad-input", `${wanted} could be ${found.length} devices.`, {
      hint: `Name one of them by its id: ${found.map((device) => `${device.id} (${device.target.host})`).join(", ")}.`,
    });
  }
  throw new AppError("not-found", `No device is known as ${wanted}.`, { hint: hintFor(devices, key) });
}

function hintFor(devices: readonly Device[], key: string): string {
  if (devices.length === 0) return "No device is known yet. Look for some with: bayplan discover.";
  const names = [...new Set(devices.map((device) => device.name))];
  const near = names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), key) }))
    .filter(({ name, distance }) => distance <= Math.max(2, key.length / 3) || name.toLowerCase().includes(key))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3);
  if (near.length > 0) return `Did you mean ${near.map(({ name }) => name).join(" or ")}?`;
  return `Known are: ${names.sort().slice(0, 8).join(", ")}.`;
}

/** Levenshtein's distance, row by row. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let at = 0; at < left.length; at += 1) {
    const next = [at + 1];
    for (let to = 0; to < right.length; to += 1) {
      const swap = (row[to] ?? 0) + (left[at] === right[to] ? 0 : 1);
      next.push(Math.min(swap, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
