/**
 * What the page of a long run costs: 20 services for half an hour at 10 Hz, in a real browser. `tsx test/bench/run-page.ts [SECONDS]`, 1800
 * unless told. The overview that the page asks for is compared with all samples (bytes and time of the host's answer), and
 * a frame while the charts are moved must cost the page no more CPU than 60 of them a second leave. Needs `npm run build` and chromium; ends with 1 when a goal is missed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright";
import { createDirectClient, openHost } from "../../src/main/api/index.ts";
import type { RunId } from "../../src/shared/domain/index.ts";
import { keepRun } from "../e2e/kept-run.ts";
import { openWindow } from "../e2e/open-window.ts";
import { judge, tell } from "./figures.ts";

const services = 20;
const seconds = Number(process.argv[2] ?? 1_800);

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Answer {
  bytes: number;
  ms: number;
}

async function answerOf(ask: () => Promise<unknown>): Promise<Answer> {
  const startedMs = performance.now();
  const answer = await ask();
  const ms = performance.now() - startedMs;
  return { bytes: JSON.stringify(answer).length, ms };
}

/** All samples as they were sent before, the overview (first from the disk, then from memory) and one zoom. */
async function measureAnswers(dataFolder: string, runId: RunId) {
  const host = await openHost({ dataFolder, discover: false });
  try {
    const client = createDirectClient(host.router);
    const zoom = { fromMs: 60_000, toMs: 120_000, points: 4_000 };
    return {
      all: await answerOf(() => client.runs.get({ runId })),
      first: await answerOf(() => client.runs.samples({ runId, target: 0, points: 2_000 })),
      again: await answerOf(() => client.runs.samples({ runId, target: 0, points: 2_000 })),
      zoom: await answerOf(() => client.runs.samples({ runId, target: 0, ...zoom })),
    };
  } finally {
    await host.close();
  }
}

/** The times between frames for some seconds, in ms; with `moves` every frame moves the charts. */
function frames(page: Page, forMs: number, moves: boolean): Promise<number[]> {
  return page.evaluate(
    ({ forMs: lastsMs, moves: isMoving }) =>
      new Promise<number[]>((resolve) => {
        const charts = document.querySelector(".time-frame");
        const found: number[] = [];
        let beforeMs = 0;
        let startedMs = 0;
        let direction = 1;
        requestAnimationFrame(function frame(nowMs) {
          if (startedMs === 0) startedMs = nowMs;
          if (beforeMs !== 0) found.push(nowMs - beforeMs);
          beforeMs = nowMs;
          if (found.length % 90 === 89) direction = -direction;
          if (isMoving) {
            const event = { deltaX: 9 * direction, bubbles: true, cancelable: true };
            charts?.dispatchEvent(new WheelEvent("wheel", event));
          }
          if (nowMs - startedMs < lastsMs) requestAnimationFrame(frame);
          else resolve(found);
        });
      }),
    { forMs, moves },
  );
}

interface Frames {
  restP95Ms: number;
  /** CPU of the page's own thread for each frame that moved: others on this machine do not add to it. */
  cpuMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

async function taskMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1_000;
}

async function framesOf(page: Page): Promise<Frames> {
  // tsx names functions by a function of its own, which the page does not have.
  await page.evaluate("globalThis.__name ??= (value) => value");
  const rest = await frames(page, 3_000, false);
  const tasks = await page.context().newCDPSession(page);
  await tasks.send("Performance.enable", { timeDomain: "threadTicks" });
  const beforeMs = await taskMs(tasks);
  const moved = await frames(page, 6_000, true);
  const cpuMs = ((await taskMs(tasks)) - beforeMs) / moved.length;
  await tasks.detach();
  return {
    restP95Ms: percentile(rest, 0.95),
    cpuMs,
    p50Ms: percentile(moved, 0.5),
    p95Ms: percentile(moved, 0.95),
    p99Ms: percentile(moved, 0.99),
  };
}

/** Opens the charts of the run, zooms to a sixteenth and moves them, as a stack and by service. */
async function measurePage(home: string, runId: RunId) {
  const window = await openWindow({ home });
  const { page } = window;
  try {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `/runs/${runId}/charts/0`);
    const startedMs = performance.now();
    await page.locator(".time-frame .chart canvas").first().waitFor();
    const firstDrawMs = performance.now() - startedMs;
    await page.waitForTimeout(1_500);
    const all = await framesOf(page);
    for (let times = 0; times < 4; times += 1) await page.getByRole("button", { name: "Zoom in", exact: true }).click();
    await page.waitForTimeout(800);
    const stack = await framesOf(page);
    await page.getByRole("button", { name: "Services", exact: true }).click();
    await page.waitForTimeout(500);
    const byService = await framesOf(page);
    return { firstDrawMs, all, stack, byService, complaints: window.complaints };
  } finally {
    await window.close();
  }
}

const home = await mkdtemp(join(tmpdir(), "bayplan-bench-run-"));
try {
  const runId = await keepRun(home, { services, seconds, targets: 1, spikeMs: Math.floor(seconds / 2) * 1_000 + 300 });
  const answers = await measureAnswers(home, runId);
  tell("run-page", answers);
  const shown = await measurePage(home, runId);
  tell("run-page", shown);
  const { all, first, again } = answers;
  judge("run-page", "bytes of the overview, over all samples", first.bytes / all.bytes, { atMost: 0.1 });
  judge("run-page", "time of the overview from memory, over all samples", again.ms / all.ms, { atMost: 0.25 });
  const { stack, byService } = shown;
  judge("run-page", "ms of the page's CPU for a frame while moved", stack.cpuMs, { atMost: 1_000 / 60 });
  judge("run-page", "the same, each service for itself", byService.cpuMs, { atMost: 1_000 / 60 });
} finally {
  await rm(home, { recursive: true, force: true });
}
