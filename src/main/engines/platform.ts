/** Kernel machine names (`uname -m`) as images name them. */
const platforms: Record<string, string> = {
  x86_64: "amd64",
  amd64: "amd64",
  aarch64: "arm64",
  arm64: "arm64",
  armv7l: "arm/v7",
  armv6l: "arm/v6",
  armv5tel: "arm/v5",
  i386: "386",
  i686: "386",
};

/** The architecture part of an image's platform for a kernel's machine name; null for one that is not in the table. */
export function imageArch(machine: string): string | null {
  return platforms[machine] ?? null;
}

/** A platform in its parts: `linux`, `arm`, `v7`. */
export interface Platform {
  os: string;
  architecture: string;
  /** Empty: not said, or the one that every processor of the architecture has. */
  variant: string;
}

/** Reads `linux/arm/v7`, and `arm64` alone for Linux (containerd: platforms.Parse and its Normalize). Null for what is none. */
export function parsePlatform(text: string): Platform | null {
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return null;
  const [os = "", machine = "", said = ""] = parts.length === 1 ? ["linux", ...parts] : parts;
  const [architecture = "", implied = ""] = (imageArch(machine) ?? machine).split("/");
  const variant = said || implied;
  const isPlain = (architecture === "arm64" && variant === "v8") || (architecture === "amd64" && variant === "v1");
  return { os, architecture, variant: isPlain ? "" : variant };
}

/** True when an image of the first platform is what the second one asks for. */
export function isPlatform(image: string, wanted: string): boolean {
  const is = parsePlatform(image);
  const wants = parsePlatform(wanted);
  if (is === null || wants === null || is.os !== wants.os || is.architecture !== wants.architecture) return false;
  return is.variant === wants.variant || is.variant === "" || (is.architecture === "arm" && isOlder(is, wants));
}

/** Instruction sets that a processor runs by itself besides its own. */
const besides: Record<string, readonly string[]> = { amd64: ["386"], arm64: ["arm"] };

/** True when a processor of the second platform runs an image of the first without emulation. */
export function runsNatively(image: string, processor: string): boolean {
  const is = parsePlatform(image);
  const own = parsePlatform(processor);
  if (is === null || own === null) return false;
  return isPlatform(image, processor) || (besides[own.architecture] ?? []).includes(is.architecture);
}

/** An ARM processor runs what is for an older one; without a number v7 is meant. */
function isOlder(is: Platform, wants: Platform): boolean {
  const number = ({ variant }: Platform) => Number(/^v(\d)$/.exec(variant)?.[1] ?? 7);
  return number(is) <= number(wants);
}
