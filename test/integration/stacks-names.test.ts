import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium } from "../e2e/electron/find-chromium.ts";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { bayplan } from "./bayplan-command.ts";
import { freePort } from "./stacks-bench.ts";

let folder: string;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  folder = await mkdtemp(join(tmpdir(), "bayplan-names-"));
  await mkdir(join(folder, "tmp"));
});

afterAll(() => rm(folder, { recursive: true }));

function run(...words: string[]) {
  return bayplan([...words, folder], { home: join(folder, "home"), env: { TMPDIR: join(folder, "tmp") } });
}

/** A page of this machine, as a developer serves one, that loads a script from a container. */
async function localPage(script: string) {
  const server = createServer((_asked, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<body></body><script src="${script}"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`, server };
}

test("a page of this machine reaches containers of TelemetryOS by their names, and each start is a clean one", async () => {
  const port = await freePort();
  const name = `bptest-names-${process.pid}`;
  const serve = (own: string) => ({
    command: [
      "sh",
      "-c",
      `trap 'exit 0' TERM; state=clean; test -e /kept && state=kept; touch /kept; mkdir -p /www
       echo "document.body.append('${own} is $state')" > /www/say.js; httpd -f -p ${port} -h /www & wait`,
    ],
  });
  const container = (own: string) => ({ name: own, image: BUSYBOX_IMAGE, port });
  const application = { name, version: "1.0.0", containers: [container("weather"), container("news")] };
  await writeFile(join(folder, "telemetry.config.json"), JSON.stringify(application));
  const local = { services: { weather: serve("weather"), news: serve("news") } };
  await writeFile(join(folder, "bayplan.yaml"), JSON.stringify({ local }));
  let browser: Browser | null = null;
  const pages: Awaited<ReturnType<typeof localPage>>[] = [];
  try {
    const first = await run("up");
    expect(first.stdout).toContain(`weather: http://weather:${port} is http://127.0.0.1:${port}`);
    expect(first.stdout).toMatch(new RegExp(`news: http://news:${port} is http://127\\.0\\.0\\.1:\\d+`));
    expect(first.stdout).toMatch(/chromium --proxy-pac-url=http:\/\/127\.0\.0\.1:\d+\/proxy\.pac/);
    const again = await run("--json", "up");
    const { pacUrl, services } = JSON.parse(again.stdout);
    expect(services).toHaveLength(2);
    // The proxy of the first start went with its containers.
    await expect.poll(() => readdir(join(folder, "tmp")), { timeout: 10_000 }).toHaveLength(1);

    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", `--proxy-pac-url=${pacUrl}`],
    });
    const page = await browser.newPage();
    for (const own of ["weather", "news"]) {
      const served = await localPage(`http://${own}:${port}/say.js`);
      pages.push(served);
      await page.goto(served.url);
      expect(await page.locator("body").innerText()).toBe(`${own} is clean`);
    }
    const { stdout } = await run("--json", "up");
    expect(JSON.parse(stdout).services).not.toEqual(services);
  } finally {
    await browser?.close();
    for (const { server } of pages) server.close();
    expect((await run("down")).code).toBe(0);
  }
  await expect.poll(() => readdir(join(folder, "tmp")), { timeout: 10_000 }).toEqual([]);
});
