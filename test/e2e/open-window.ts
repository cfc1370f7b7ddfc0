import type { ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright";
import * as z from "zod";
import { startBayplan } from "../integration/bayplan-command.ts";
import { findChromium } from "./electron/find-chromium.ts";

/** Artefacts that a person looks at after the tests. */
export const screenshots = join(import.meta.dirname, "../../test-results/screenshots");

const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The web door of the built product with a real browser in front of it. */
export interface BrowserWindow {
  page: Page;
  /** Everything that the page said in its console as a warning or an error. */
  complaints: string[];
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts `bayplan serve` and opens the address that it prints. */
export async function openWindow(options: { home: string; env?: NodeJS.ProcessEnv }): Promise<BrowserWindow> {
  const server = startBayplan(["--json", "serve"], options);
  let browser: Browser | null = null;
  try {
    const url = await addressOf(server);
    browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArgs });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    await mkdir(screenshots, { recursive: true });
    const opened = browser;
    return {
      page,
      complaints,
      shot: async (name) => {
        await page.screenshot({ path: join(screenshots, `${name}.png`) });
      },
      close: async () => {
        await opened.close();
        await ended(server);
      },
    };
  } catch (error) {
    await browser?.close();
    await ended(server);
    throw error;
  }
}

async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error("The server has no output.");
  for await (const line of createInterface({ input: server.stdout })) {
    return z.object({ url: z.url() }).parse(JSON.parse(line)).url;
  }
  throw new Error("bayplan serve ended without an address.");
}

/** Asks the server to end and waits for it: it has devices and runs to let go of. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exit = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT");
  await exit;
}
