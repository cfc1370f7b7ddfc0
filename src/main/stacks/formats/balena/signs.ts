import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** True for the name of a Dockerfile, also of one with a device type in it. */
export function isDockerfile(name: string): boolean {
  return /^Dockerfile(?:\.[\w-]+)?$/.test(name);
}

/** True for a compose text that only balena means something by, or one with balena's own file beside it. */
export function hasBalenaSigns(file: string, text: string): boolean {
  const isSaid = text
    .split("\n")
    .some((line) => !/^\s*#/.test(line) && /(?:^|[\s{,"'])(?:io\.(?:balena|resin)\.|resin-data\b)/.test(line));
  return isSaid || existsSync(join(dirname(file), "balena.yml"));
}
