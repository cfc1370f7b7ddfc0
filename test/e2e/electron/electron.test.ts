import { createServer, type Server } from "node:http";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { detectElectron } from "../../../scripts/detect-electron.ts";
import { builtApp, faultyCopy, type Mutation, removeCopy } from "./app-folder.ts";
import { launchElectron } from "./launch-electron.ts";
import { launchStandIn, type StandInApp } from "./launch-stand-in.ts";
import { smoke } from "./smoke.ts";

/** Another site, for what must not happen there. */
async function openSite(): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.end("<!doctype html><title>elsewhere</title>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The site has no address.");
  return { server, url: `http://127.0.0.1:${address.port}/` };
}

describe("the built app in the stand-in", () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  let app: StandInApp;

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => {
    site.server.close();
    site.server.closeAllConnections();
  });
  beforeEach(async () => {
    app = await launchStandIn(builtApp());
  });
  afterEach(() => app.destroy());

  const report = async () => {
    const answer = await app.ask({ kind: "report" });
    if (answer.kind !== "report") throw new Error("No report.");
    return answer;
  };

  /** Whether a page gets a port when it asks as the renderer does. Read from within the page. */
  const portComes = (page: Page) =>
    page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          window.addEventListener("message", (event) => event.data === "bayplan:port" && resolve(true));
          setTimeout(() => resolve(false), 3_000);
          window.postMessage("bayplan:connect", window.location.origin);
        }),
    );

  test("starts, shows its window, answers a call and a stream, survives a reload and ends clean", async () => {
    await smoke(app);
    await smoke(app);
    expect((await report()).visible).toEqual([true]);
    expect((await report()).menu).toContain("View");
    expect(await app.close()).toBe(0);
    expect(app.log()).toBe("");
  });

  test("opens no window", async () => {
    await smoke(app);
    await app.page.evaluate((url) => void window.open(url), site.url);
    await expect.poll(report, { timeout: 15_000 }).toMatchObject({ deniedWindows: [expect.any(String)] });
    const others = () =>
      app.page
        .context()
        .pages()
        .filter((page) => page !== app.page && page.url() !== "about:blank");
    await expect.poll(others, { timeout: 15_000 }).toEqual([]);
    await smoke(app);
  });

  test("goes nowhere else", async () => {
    await smoke(app);
    const here = app.page.url();
    // The driver must have seen this attempt end, or it takes its end for that of the next one.
    const ended = app.page.waitForEvent("requestfailed", (request) => request.url() === site.url);
    await app.page.evaluate((url) => window.location.assign(url), site.url);
    await ended;
    await expect.poll(report, { timeout: 15_000 }).toMatchObject({ deniedNavigations: [site.url] });
    expect(app.page.url()).toBe(here);
    await smoke(app);
  });

  test("grants no permission", async () => {
    expect(Object.values((await report()).permissions)).toEqual([false, false, false, false, false, false]);
  });

  test("runs no foreign script and fetches nothing from elsewhere", async () => {
    await smoke(app);
    const blocked = await app.page.evaluate(async (url) => {
      const violations: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
      const inline = document.createElement("script");
      // Either line may be the one that is refused: the policy asks for trusted text and for no inline script at all.
      try {
        inline.textContent = "globalThis.ranInline = true";
        document.body.append(inline);
      } catch (error) {
        violations.push(error instanceof TypeError ? "trusted-types" : String(error));
      }
      const fetched = await fetch(url).then(
        () => "fetched",
        () => "blocked",
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { ran: "ranInline" in globalThis, fetched, violations };
    }, site.url);
    expect(blocked.ran).toBe(false);
    expect(blocked.fetched).toBe("blocked");
    expect(blocked.violations).toContain("connect-src");
    expect(blocked.violations).toContain("trusted-types");
  });

  test("gives a port to its own page in its own window only", async () => {
    await smoke(app);
    expect(await portComes(app.page)).toBe(true);
    // Another window with the same preload script, at the app's own origin: only its being another window is wrong.
    await app.ask({ kind: "stranger", url: "app://bayplan/icon.svg" });
    const strangers = () =>
      app.page
        .context()
        .pages()
        .filter((page) => page.url().endsWith("/icon.svg"));
    await expect.poll(() => strangers().length, { timeout: 15_000 }).toBe(1);
    for (const stranger of strangers()) expect(await portComes(stranger)).toBe(false);
    // The app's own window, at another site: only its origin is wrong.
    await app.ask({ kind: "load", url: `${site.url}taken-over` });
    await app.page.waitForURL(`${site.url}taken-over`);
    expect(await portComes(app.page)).toBe(false);
  });
});

interface Fault {
  name: string;
  mutations: Mutation[];
  /** What the smoke check must say: a fault that is noticed for another reason was not noticed. */
  noticed: RegExp;
}

const unanswered = /The call host\.info was not answered/;

const faults: Fault[] = [
  {
    name: "the preload script asks on another channel",
    mutations: [{ file: "preload/index.cjs", change: (text) => text.replaceAll("bayplan:connect", "bayplan:conect") }],
    noticed: unanswered,
  },
  {
    name: "the preload script needs a module of Node",
    mutations: [{ file: "preload/index.cjs", change: (text) => `require("node:fs").readFileSync;\n${text}` }],
    noticed: /Unable to load preload script: Error: module not found: node:fs/,
  },
  {
    name: "the policy blocks the page's own scripts",
    mutations: [{ file: "main", change: (text) => text.replaceAll("script-src 'self'", "script-src 'none'") }],
    noticed: /The page was not drawn/,
  },
  {
    name: "the main process waits for ready at the top of its module",
    mutations: [
      {
        file: "main/index.js",
        change: (text) => text.replaceAll("app.whenReady()", "(await app.whenReady(), app.whenReady())"),
      },
    ],
    noticed: /The app ended with 13|The window did not come/,
  },
  {
    name: "the main process serves nobody",
    mutations: [{ file: "main/index.js", change: (text) => text.replaceAll('"bayplan:port"', '"bayplan:prot"') }],
    noticed: unanswered,
  },
];

async function smokeOfCopy(mutations: readonly Mutation[]): Promise<void> {
  const copy = await faultyCopy(builtApp(), mutations);
  try {
    const app = await launchStandIn(copy, { startLimitMs: 10_000 });
    try {
      await smoke(app, { limitMs: 8_000 });
    } finally {
      await app.destroy();
    }
  } finally {
    await removeCopy(copy);
  }
}

describe("the smoke check", () => {
  test("passes a copy with a change that is no fault", async () => {
    await smokeOfCopy([{ file: "main/index.js", change: (text) => `${text}\n// no fault\n` }]);
  });

  test.each(faults)("notices when $name", async ({ mutations, noticed }) => {
    await expect(smokeOfCopy(mutations)).rejects.toThrow(noticed);
  });
});

const electron = detectElectron();
if (!electron.usable) process.stderr.write(`SKIPPED: the app in a real Electron. ${electron.reason}\n`);

test.skipIf(!electron.usable)("the built app in a real Electron passes the same smoke check", async () => {
  if (!electron.usable) throw new Error(electron.reason);
  const app = await launchElectron(builtApp(), electron);
  try {
    await smoke(app);
    expect(await app.close()).toBe(0);
  } finally {
    await app.destroy();
  }
});
