/** In the desktop window a dropped stack is opened where it lies: no copy, and what belongs to it is found. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StackPage } from "../pages/stack-page.ts";
import { builtApp } from "./app-folder.ts";
import { launchStandIn, type StandInApp } from "./launch-stand-in.ts";

let folder: string;
let app: StandInApp;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-drop-"));
  await writeFile(join(folder, "compose.yaml"), "services:\n  web:\n    image: busybox:1\n    env_file: [web.env]\n");
  await writeFile(join(folder, "web.env"), "A=1\n");
  const paths = { "compose.yaml": join(folder, "compose.yaml") };
  app = await launchStandIn(builtApp(), { env: { BAYPLAN_STAND_IN_PATHS: JSON.stringify(paths) } });
});

afterEach(async () => {
  await app.destroy();
  await rm(folder, { recursive: true, force: true });
});

test("a file whose place is known is opened there; one made by a script is none of a disk, and is copied", async () => {
  const stack = new StackPage(app.page);
  await stack.drop([{ name: "compose.yaml", text: "what stands in the file counts, not this" }]);
  await stack.files.getByRole("button", { name: /^web\.env/ }).waitFor();
  await stack.code.getByText("busybox:1").waitFor();
  expect(decodeURIComponent(app.page.url())).toContain(join(folder, "compose.yaml"));
  await stack.drop([{ name: "other.yaml", text: "services:\n  copied:\n    image: busybox:1\n" }]);
  await stack.code.getByText("copied").waitFor();
  await stack.findings.getByText("This is a copy of what was dropped").waitFor();
  expect(await app.close()).toBe(0);
  expect(app.log()).toBe("");
});
