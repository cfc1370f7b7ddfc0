import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Order, type Report, reportSchema } from "./hostile-engine.ts";

/** What one order may take; one that takes longer hangs. */
const orderMaxMs = 60_000;

/** A process that talks to a hostile engine with 192 MiB of heap. */
export interface Victim {
  /** Rejects when the process dies of it or does not come to an end. */
  obey(order: Order): Promise<Report>;
  stop(): Promise<void>;
}

export async function startVictim(): Promise<Victim> {
  const file = fileURLToPath(new URL("hostile-victim.ts", import.meta.url));
  const child = fork(file, {
    execArgv: ["--import", "tsx", "--expose-gc", "--max-old-space-size=192"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new Error("It hangs."))), orderMaxMs);
      const onMessage = (message: unknown): void => settle(() => resolve(message));
      const onEnd = (): void => settle(() => reject(new Error(`The process has died of it: ${said}`)));
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("close", onEnd);
        how();
      };
      child.on("message", onMessage).on("close", onEnd);
    });
  await next();
  return {
    async obey(order) {
      const answer = next();
      if (child.connected) child.send(order);
      return reportSchema.parse(await answer);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await ended;
    },
  };
}
