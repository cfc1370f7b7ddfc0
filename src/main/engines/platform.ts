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
