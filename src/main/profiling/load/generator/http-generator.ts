import { Agent, type ClientRequest, request } from "node:http";
import type { HttpJob } from "../load-job.ts";
import type { Generator } from "./generator.ts";
import { keepPace } from "./pace.ts";
import { Tally } from "./tally.ts";

const timeoutMs = 10_000;
/** From here on an answer is no success (RFC 9110, section 15). */
const firstErrorStatus = 400;

/**
 * Sends requests at an even rate over connections that are kept. A request that has to wait for a free connection counts from when
 * it was due, so that a slow server does not look fast by being asked less. What waits for more than a second is given up.
 */
export function generateHttp(job: HttpJob): Generator {
  const tally = new Tally();
  const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
  const running = new Set<ClientRequest>();
  const waiting: number[] = [];
  const mostWaiting = Math.max(1, Math.ceil(job.rate));
  let stopped = false;

  const finish = (sent: ClientRequest) => {
    if (!running.delete(sent) || stopped) return;
    const next = waiting.shift();
    if (next !== undefined) send(next);
  };

  function send(dueMs: number, isRetry = false): void {
    const { host, port, path, method, headers, body } = job;
    if (!isRetry) tally.sent();
    const sent = request({ host, port, path, method, headers: withLength(headers, body), agent, timeout: timeoutMs });
    running.add(sent);
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    sent.on("response", (response) => {
      response.on("error", () => undefined);
      response.on("close", () => {
        const status = response.statusCode ?? 0;
        if (!stopped && !response.complete) tally.failed("an answer broke off");
        else if (!stopped && status >= firstErrorStatus) tally.failed(`HTTP ${status}`);
        else if (!stopped) tally.answered(dueMs);
        finish(sent);
      });
      response.resume();
    });
    sent.on("error", (error) => {
      if (sent.reusedSocket && !isRetry && !stopped && "code" in error && error.code === "ECONNRESET") {
        // The server gave up an idle connection in the very moment in which it was used again.
        running.delete(sent);
        send(dueMs, true);
        return;
      }
      if (!stopped && running.has(sent)) tally.failed(error.message === "" ? String(error) : error.message);
      finish(sent);
    });
    sent.end(body ?? undefined);
  }

  const endPace = keepPace(job.rate, (dueMs) => {
    if (running.size < job.connections) send(dueMs);
    else if (waiting.length < mostWaiting) waiting.push(dueMs);
    else tally.failed("all connections were busy for a second");
  });
  return {
    mark: () => tally.mark(),
    async stop() {
      const figures = tally.figures();
      stopped = true;
      endPace();
      for (const sent of running) sent.destroy();
      agent.destroy();
      return figures;
    },
  };
}

function withLength(headers: Record<string, string>, body: string | null): Record<string, string> {
  return body === null ? headers : { "content-length": String(Buffer.byteLength(body)), ...headers };
}
