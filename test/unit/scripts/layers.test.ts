import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const biome = join(root, "node_modules/.bin/biome");

/** Each of these breaks the import table once. */
const violations: Record<string, string> = {
  "src/shared/domain/a.ts": 'export * from "node:fs";',
  "src/shared/domain/b.ts": 'export * from "react";',
  "src/shared/domain/c.ts": 'export * from "../contract/index.ts";\nexport * from "../../main/store/index.ts";',
  "src/shared/contract/a.ts": 'export * from "../../main/api/index.ts";',
  "src/main/ssh/a.ts": 'export * from "../engines/index.ts";',
  "src/main/ssh/b.ts": 'export type { App } from "electron";',
  "src/main/engines/docker-api/a.ts": 'export * from "../../ssh/quote-argv.ts";',
  "src/main/engines/b.ts": 'export * from "../doors/cli/index.ts";',
  "src/main/stacks/a.ts": 'export * from "../profiling/index.ts";',
  "src/main/devices/a.ts": 'export * from "../../renderer/app/main.tsx";',
  "src/main/doors/cli/a.ts": 'export * from "../web/index.ts";',
  "src/main/doors/web/a.ts": 'export type { App } from "electron";',
  "src/main/doors/web/b.ts": 'export * from "../../ssh/quote-argv.ts";',
  "src/main/store/a.ts": 'export const load = () => import("../devices/index.ts");',
  "src/preload/a.ts": 'export * from "node:fs";',
  "src/renderer/devices/a.ts": 'export * from "../../main/devices/index.ts";',
  "src/renderer/devices/b.ts": 'export * from "../stacks/stack-page.tsx";',
  "src/renderer/ui/a.ts": 'export * from "../devices/device-card.tsx";',
  "src/renderer/app/a.ts": 'export * from "node:path";',
};

/** And each of these keeps it. */
const allowed: Record<string, string> = {
  "src/shared/domain/ok.ts": 'export * from "zod";\nexport * from "./device.ts";',
  "src/main/engines/docker-api/ok.ts": 'export * from "../../ssh/index.ts";\nexport * from "../cgroup/index.ts";',
  "src/main/devices/mdns/ok.ts": 'export * from "../../../shared/domain/index.ts";\nexport * from "node:dgram";',
  "src/main/doors/electron/ok.ts": 'export type { App } from "electron";\nexport * from "../../api/index.ts";',
  "src/main/cli.ts": 'export * from "./doors/cli/index.ts";\nexport * from "./doors/web/index.ts";',
  "src/renderer/devices/ok.ts": 'export * from "../ui/button.tsx";\nexport * from "../../shared/domain/index.ts";',
};

interface Report {
  diagnostics: { category: string; location: { path: string } }[];
}

let folder: string;
const caught = new Set<string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-layers-"));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  for (const [path, text] of Object.entries({ ...violations, ...allowed })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${text}\n`);
  }
  const json = await new Promise<string>((resolve) => {
    execFile(
      biome,
      ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."],
      { cwd: folder, maxBuffer: 1 << 24 },
      (_, stdout) => resolve(stdout),
    );
  });
  const report: Report = JSON.parse(json);
  for (const { category, location } of report.diagnostics) {
    if (!category.endsWith("noRestrictedImports")) continue;
    caught.add(location.path);
  }
}, 30_000);

afterAll(() => rm(folder, { recursive: true }));

test.each(Object.keys(violations))("%s is refused", (path) => {
  expect(caught).toContain(path);
});

test.each(Object.keys(allowed))("%s is allowed", (path) => {
  expect(caught).not.toContain(path);
});
