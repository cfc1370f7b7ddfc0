/** A real mosquitto on a free port of the loopback interface. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePackages } from "../packages.ts";

export const KANTO_PACKAGES = ["mosquitto"] as const;

export interface Broker {
  port: number;
  stop(): Promise<void>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** `login`: it takes nobody without a name and a password. */
export async function startMosquitto(options: { port?: number; login?: boolean } = {}): Promise<Broker> {
  await ensurePackages(KANTO_PACKAGES);
  const port = options.port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), "bayplan-mosquitto-"));
  const config = join(folder, "mosquitto.conf");
  // As root it would become a user of its own, which may not enter this folder.
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous ${options.login !== true}\nuser root\n`);
  const child = spawn("/usr/sbin/mosquitto", ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await listening(child, port, () => said);
  return {
    port,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(child: ChildProcess, port: number, said: () => string): Promise<void> {
  const endAtMs = Date.now() + 10_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > endAtMs) throw new Error(`mosquitto does not listen: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
