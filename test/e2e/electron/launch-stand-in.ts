import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright";
import { type AppFolder, repository } from "./app-folder.ts";
import { startChromium } from "./chromium-process.ts";
import type { RunningApp } from "./running-app.ts";
import { type ControlRequest, type Notice, noticeSchema } from "./stand-in/control.ts";

const standInFolder = fileURLToPath(new URL("./stand-in/", import.meta.url));
const exitLimitMs = 20_000;

/** The app in plain Node, with the stand-in for Electron and its window in a real Chromium. */
export interface StandInApp extends RunningApp {
  ask(request: ControlRequest): Promise<Notice>;
}

export interface StandInOptions {
  startLimitMs?: number;
  /** A folder with the app's `data` and its user's own, for a start after another one. It stays; without one, each start has its own. */
  home?: string;
  env?: NodeJS.ProcessEnv;
}

/** Starts the built app. Rejects when its window does not come, with what the app wrote. */
export async function launchStandIn(app: AppFolder, options: StandInOptions = {}): Promise<StandInApp> {
  const { startLimitMs = 45_000, env = {} } = options;
  const browser = await startChromium();
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "bayplan-home-")));
  const child = startMain(app, browser.address, home, env);
  const main = new MainProcess(child);
  const driver = await chromium.connectOverCDP(browser.address);
  const destroy = async () => {
    await main.end();
    await driver.close();
    await browser.close();
    if (options.home === undefined) await rm(home, { recursive: true, force: true });
  };
  try {
    const page = await pageOf(main, startLimitMs, () => driver.contexts().flatMap((context) => context.pages()));
    return {
      page,
      log: () => main.stderr,
      ask: (request) => main.ask(request),
      async close() {
        await main.ask({ kind: "close-window" });
        return main.exit(exitLimitMs);
      },
      destroy,
    };
  } catch (error) {
    await destroy();
    throw error;
  }
}

function startMain(app: AppFolder, browser: string, home: string, env: NodeJS.ProcessEnv): ChildProcess {
  const tsx = pathToFileURL(join(repository, "node_modules", "tsx", "dist", "esm", "index.mjs")).href;
  const register = pathToFileURL(join(standInFolder, "register.mjs")).href;
  return spawn(
    process.execPath,
    ["--import", tsx, "--import", register, join(standInFolder, "run-app.ts"), app.entry],
    {
      cwd: app.folder,
      env: {
        ...process.env,
        BAYPLAN_HOME: join(home, "data"),
        BAYPLAN_STAND_IN_BROWSER: browser,
        BAYPLAN_STAND_IN_USER_DATA: join(home, "user-data"),
        ...env,
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    },
  );
}

class MainProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #answers = new Map<number, (notice: Notice) => void>();
  readonly #loaded: Promise<void>;
  #lastId = 0;
  stderr = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on("data", (chunk) => {
      this.stderr += String(chunk);
    });
    this.#exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    this.#loaded = new Promise((resolve) => {
      child.on("message", (message) => {
        const notice = noticeSchema.parse(message);
        if (notice.kind === "loaded") resolve();
        else this.#answers.get(notice.id)?.(notice);
      });
    });
  }

  /** Waits for the first page of the window. */
  async loaded(limitMs: number): Promise<void> {
    const ended = this.#exited.then((code) => Promise.reject(new Error(`The app ended with ${code}:\n${this.stderr}`)));
    const limit = rejectAfter(limitMs, () => `The window did not come within ${limitMs} ms:\n${this.stderr}`);
    await Promise.race([this.#loaded, ended, limit]);
  }

  async ask(request: ControlRequest): Promise<Notice> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<Notice>((resolve) => this.#answers.set(id, resolve));
    this.#child.send({ id, request });
    const notice = await Promise.race([answer, rejectAfter(exitLimitMs, () => `No answer to ${request.kind}`)]);
    if (notice.kind === "failed") throw new Error(notice.message);
    return notice;
  }

  exit(limitMs: number): Promise<number | null> {
    return Promise.race([this.#exited, rejectAfter(limitMs, () => `The app did not end:\n${this.stderr}`)]);
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}

async function pageOf(main: MainProcess, startLimitMs: number, pages: () => Page[]): Promise<Page> {
  await main.loaded(startLimitMs);
  const limitMs = Date.now() + startLimitMs;
  for (;;) {
    const page = pages().find((candidate) => candidate.url().startsWith("http://127.0.0.1:"));
    if (page !== undefined) return page;
    if (Date.now() > limitMs) throw new Error("The window's page cannot be seen from the suite.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function rejectAfter(limitMs: number, message: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(message())), limitMs).unref();
  });
}
