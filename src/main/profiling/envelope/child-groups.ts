import { readdirSync } from "node:fs";

/** The names of the cgroups directly below a folder; none when it has gone. */
export function childGroups(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENODEV")) return [];
    throw error;
  }
}
