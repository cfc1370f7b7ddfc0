// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
/** The page of a stack: its files, its budgets, its graph, what it becomes elsewhere, and how it gets there. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { StackPage } from "./pages/stack-page.ts";

const files = {
  "site/compose.yaml": `name: site
include: [parts/history.yaml]
services:
  init:
    image: plant/init:1.4
    mem_limit: 16m
  broker:
    image: eclipse-mosquitto:2.0.20
    ports: ["1883:1883"]
    mem_limit: 64m
    cpus: 0.25
    depends_on: { init: { condition: service_completed_successfully } }
    healthcheck: { test: ["CMD", "true"] }
  rules:
    extends: { file: base.yaml, service: rules }
    image: plant/rules:\${TAG}
    env_file: [rules.env]
    depends_on: { broker: { condition: service_healthy }, history: { condition: service_started } }
  own:
    build: ./own
`,
  "site/.env": "TAG=latest\n",
  "site/base.yaml": "services:\n  rules:\n    mem_limit: 256m\n    mem_reservation: 128m\n    cpus: 1\n",
  "site/rules.env": "RULES_HOST=broker\nRULES_TOKEN=verysecret\n",
  "site/own/Dockerfile": "FROM debian:12-slim\n# of our own\n",
  "site/parts/history.yaml":
    "services:\n  history:\n    image: timescale/timescaledb:2.17.0-pg16\n    mem_limit: 384m\n    volumes: [history:/data]\nvolumes: { history: }\n",
  "elsewhere/private.txt": "not yours\n",
};

let home: string;
let window: BrowserWindow;
let stack: StackPage;
const path = (name: string) => join(home, name);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-e2e-"));
  window = await openWindow({ home: path("data") });
  stack = new StackPage(window.page);
});

afterAll(async () => {
  await window?.close();
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), text);
  }
});

describe("the files of a stack", () => {
  test("everything that was read is in the tree; a click shows it with what was found in it", async () => {
    await stack.openFile(path("site"));
    const tree = stack.files;
    await expect
      .poll(() => tree.getByRole("button").evaluateAll((buttons) => buttons.map((one) => one.getAttribute("title"))))
      .toEqual(
        ["compose.yaml", ".env", "base.yaml", "rules.env", "parts/history.yaml", "own/Dockerfile"].map((name) =>
          path(`site/${name}`),
        ),
      );
    await tree.getByRole("button", { name: /^history\.yaml/ }).click();
    await stack.code.getByText("timescale/timescaledb").waitFor();
    await window.page.getByRole("button", { name: /in line 2: `history`/ }).click();
    await stack.code.getByText("has no `restart`").waitFor();
    await tree.getByRole("button", { name: /^Dockerfile/ }).click();
    await stack.code.getByText("# of our own").waitFor();
    await window.shot("stack-files");
  });

  test("a value that looks like a secret does not reach the page", async () => {
    await stack.files.getByRole("button", { name: /^rules\.env/ }).click();
    await stack.code.getByText("RULES_HOST=broker").waitFor();
    await stack.code.getByText("RULES_TOKEN=••••••").waitFor();
    await window.page.getByText("One value looks like a secret and is not shown.").waitFor();
  });

  test("a finding in another file leads there", async () => {
    await stack.findings
      .getByRole("button", { name: /history\.yaml.*no `restart`/ })
      .first()
      .click();
    await stack.code.locator('li.current[data-line="2"]').waitFor();
    await stack.code.getByText("has no `restart`").waitFor();
  });
});

describe("the budgets", () => {
  test("each service against the chosen board, their sum, and those without a limit", async () => {
    await stack.openFile(path("site"));
    await stack.view("Budgets");
    await window.page.getByText("Choose a board or a device under Targets").waitFor();
    await stack.chooseModel("Raspberry Pi Zero 2 W");
    const sums = window.page.getByRole("region", { name: "Limits against Raspberry Pi Zero 2 W" });
    await sums.getByText("720 + 1 open").waitFor();
    await sums.getByText("Over", { exact: true }).first().waitFor();
    const row = (name: string) => window.page.getByRole("row").filter({ hasText: name });
    await row("own").getByText("no limit: may take all").first().waitFor();
    await row("rules").getByRole("img", { name: "limit 256 MiB, 128 MiB kept for it" }).waitFor();
    await row("history").getByText("more than the budget:").waitFor({ state: "attached" });
    await window.shot("stack-budgets");
    // Another board, another answer.
    await stack.chooseModel("Raspberry Pi 5 4GB");
    await window.page.getByRole("group", { name: "Target", exact: true }).getByRole("button", { name: /Pi 5/ }).click();
    await window.page
      .getByRole("region", { name: /Limits against Raspberry Pi 5/ })
      .getByText("Open")
      .first()
      .waitFor();
    await window.page.getByRole("button", { name: "rules", exact: true }).click();
    await stack.code.locator('li.current[data-line="14"]').waitFor();
  });
});

describe("the graph", () => {
  test("what waits stands right of what it waits for, keys lead along the lines, Enter leads to the source", async () => {
    await stack.openFile(path("site"));
    await stack.view("Graph");
    const node = (name: string) => window.page.locator(`[data-node="${name}"]`);
    const left = async (name: string) => (await node(name).boundingBox())?.x ?? 0;
    expect(await left("init")).toBeLessThan(await left("broker"));
    expect(await left("broker")).toBeLessThan(await left("rules"));
    expect(await node("rules").getAttribute("aria-label")).toBe(
      "rules: waits for broker to be healthy and history to start; line 14",
    );
    await window.shot("stack-graph");
    await node("init").focus();
    await window.page.keyboard.press("ArrowRight");
    await window.page.keyboard.press("ArrowRight");
    expect(await node("rules").evaluate((element) => element === document.activeElement)).toBe(true);
    await window.page.getByText("broker to be healthy and history to start").waitFor();
    await window.page.keyboard.press("Enter");
    await stack.code.locator('li.current[data-line="14"]').waitFor();
  });
});

describe("the export", () => {
  test("says what is lost and where, and saves one file, or several as an archive", async () => {
    await writeFile(
      path("site/compose.yaml"),
      files["site/compose.yaml"].replace("build: ./own", "image: plant/own:1"),
    );
    await stack.openFile(path("site"));
    await window.page.getByRole("button", { name: "Export", exact: true }).click();
    const dialog = window.page.getByRole("dialog", { name: "Export" });
    await dialog.getByText("`cpus` of `broker` is lost: Kanto has no limit of CPU.").waitFor();
    await window.shot("stack-export");
    const save = async (name: RegExp) => {
      const coming = window.page.waitForEvent("download");
      await dialog.getByRole("button", { name }).click();
      const download = await coming;
      return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
    };
    const archive = await save(/^Save site\.kanto\.zip/);
    expect(archive.name).toBe("site.kanto.zip");
    expect(archive.content.toString("latin1")).toContain("broker.json");
    await dialog.getByRole("button", { name: "Compose", exact: true }).click();
    await dialog.getByText("Nothing is lost.").waitFor();
    const compose = await save(/^Save site\.compose\.yaml/);
    expect(compose.content.toString()).toContain("image: eclipse-mosquitto:2.0.20");
    await dialog.getByRole("button", { name: "Kanto Ditto" }).click();
    await dialog.getByRole("button", { name: "compose.yaml:11" }).click();
    await dialog.waitFor({ state: "hidden" });
    await stack.code.locator('li.current[data-line="11"]').waitFor();
  });

  test("what cannot be said at all is refused with its reason", async () => {
    await stack.openFile(path("site"));
    await window.page.getByRole("button", { name: "Export", exact: true }).click();
    const dialog = window.page.getByRole("dialog", { name: "Export" });
    await dialog.getByRole("alert").getByText(/own/).waitFor();
    await window.page.keyboard.press("Escape");
  });
});

describe("a file that changes under the page", () => {
  test("is shown as it is now, and its going and coming are told", async () => {
    const page = window.page;
    await stack.openFile(path("site/compose.yaml"));
    await stack.code.getByText("2.0.20").waitFor();
    await writeFile(path("site/compose.yaml"), files["site/compose.yaml"].replace("2.0.20", "2.0.21"));
    await stack.code.getByText("2.0.21").waitFor();
    await rename(path("site/compose.yaml"), path("site/away.yaml"));
    await page.getByText(/This is how it was at \d\d:\d\d:\d\d\. It comes back here by itself\./).waitFor();
    await stack.code.getByText("2.0.21").waitFor();
    await window.shot("stack-gone");
    await rename(path("site/away.yaml"), path("site/compose.yaml"));
    await page.getByText(/This is how it was/).waitFor({ state: "hidden" });
  });

  test("one that is not there at all says so, and comes when it is there", async () => {
    await stack.openFile(path("site/later.yaml"));
    await window.page.getByText(/later\.yaml does not exist/).waitFor();
    await writeFile(path("site/later.yaml"), "services:\n  late: { image: busybox:1 }\n");
    await stack.code.getByText("late").first().waitFor();
    await rm(path("site/later.yaml"));
  });
});

describe("what a file is read as", () => {
  test("as it looks, or as a person says; the choice is part of the address", async () => {
    const page = window.page;
    await writeFile(path("run.txt"), "services are run by\n  docker run -d --name web -p 8080:80 nginx:1.27.1\n");
    await stack.openFile(path("run.txt"));
    await page.getByRole("button", { name: "Read as docker run" }).click();
    await page.getByRole("menuitemradio", { name: "Compose", exact: true }).click();
    await page.getByRole("button", { name: "Read as Compose" }).waitFor();
    await stack.findings.getByRole("button").first().waitFor();
    expect(page.url()).toMatch(/\/compose$/);
    await page.getByRole("button", { name: "Read as Compose" }).click();
    await page.getByRole("menuitemradio", { name: /^As it looks/ }).click();
    await page.getByRole("button", { name: "Read as docker run" }).waitFor();
    expect(page.url()).not.toMatch(/\/compose$/);
  });
});

describe("what is dropped on the window", () => {
  test("in a browser a copy of the files is opened, and says so", async () => {
    const page = window.page;
    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: /^Devices/ })
      .click();
    await stack.drop([
      { name: "compose.yaml", text: "services:\n  dropped:\n    image: busybox:${TAG}\n" },
      { name: ".env", text: "TAG=7\n" },
    ]);
    await stack.code.getByText("dropped").waitFor();
    await stack.findings.getByText("This is a copy of what was dropped").waitFor();
    await stack.files.getByRole("button", { name: /^\.env/ }).waitFor();
    await window.shot("stack-dropped");
    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: /^Stacks/ })
      .click();
    await page
      .getByRole("region", { name: "Opened before" })
      .getByText(/compose\.yaml/)
      .first()
      .waitFor();
  });

  test("what is no text is refused, and the page stays", async () => {
    const page = window.page;
    const before = page.url();
    await stack.drop([{ name: "picture.png", text: "a\0b" }]);
    await page.getByText("picture.png is not a text file.").waitFor();
    expect(page.url()).toBe(before);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("picture.png is not a text file.").waitFor({ state: "hidden" });
  });
});

test("a tablet and the dark have it all, and the page has complained of nothing", async () => {
  const page = window.page;
  await page.setViewportSize({ width: 768, height: 1024 });
  await page.emulateMedia({ colorScheme: "dark" });
  await stack.openFile(path("site"));
  await stack.code.getByText("name:").first().waitFor();
  await page.waitForTimeout(400);
  await window.shot("stack-tablet-dark");
  for (const view of ["Budgets", "Graph"] as const) {
    await stack.view(view);
    await page.waitForTimeout(200);
    await window.shot(`stack-${view.toLowerCase()}-tablet-dark`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(window.complaints).toEqual([]);
});
