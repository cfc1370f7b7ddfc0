import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshCredentials } from "../../src/main/ssh/index.ts";

export interface SshServer {
  port: number;
  folder: string;
  /** `SHA256:…` of its host key, as ssh-keygen prints it. */
  fingerprint: string;
  /** What lets root in. */
  credentials: SshCredentials;
  log(): string;
  /** The processes that serve connections (children of the listener, and theirs). */
  sessionPids(): number[];
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
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

function makeKey(path: string, passphrase = ""): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", path]);
}

function childrenOf(pid: number): number[] {
  const direct = threadsOf(pid)
    .map((thread) => readOrEmpty(`/proc/${pid}/task/${thread}/children`))
    .join(" ")
    .split(/\s+/)
    .filter((text) => text !== "")
    .map(Number);
  return direct.flatMap((child) => [child, ...childrenOf(child)]);
}

/** Processes come and go while they are looked at. */
function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/**
 * A real sshd on a port of the loopback interface, with a host key and a configuration of its own. `prefix`: words before
 * it, for example a command that makes it see other files.
 */
export async function startSshServer(
  settings: Record<string, string> = {},
  prefix: readonly string[] = [],
): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-sshd-"));
  mkdirSync("/run/sshd", { recursive: true });
  makeKey(join(folder, "host"));
  makeKey(join(folder, "id"));
  writeFileSync(join(folder, "authorized"), readFileSync(join(folder, "id.pub")));
  const port = await freePort();
  const config: Record<string, string> = {
    Port: String(port),
    ListenAddress: "127.0.0.1",
    HostKey: join(folder, "host"),
    AuthorizedKeysFile: join(folder, "authorized"),
    StrictModes: "no",
    PermitRootLogin: "prohibit-password",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    UsePAM: "no",
    PidFile: join(folder, "pid"),
    MaxStartups: "100:30:200",
    // bash reads a user's ~/.bashrc for a command over SSH, unless it believes that it runs inside another shell: what
    // somebody's start files do is none of these tests' business.
    SetEnv: "SHLVL=5",
    ...settings,
  };
  const lines = Object.entries(config).map(([key, value]) => `${key} ${value}\n`);
  writeFileSync(join(folder, "config"), lines.join(""));
  const [command = "", ...words] = [...prefix, "/usr/sbin/sshd", "-D", "-e", "-f", join(folder, "config")];
  const child = spawn(command, words, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  await listening(child, () => log);
  const print = execFileSync("ssh-keygen", ["-lf", join(folder, "host.pub")], { encoding: "utf8" });
  return {
    port,
    folder,
    fingerprint: print.split(" ")[1] ?? "",
    credentials: { privateKeys: [readFileSync(join(folder, "id"), "utf8")], agentSocket: null, password: null },
    log: () => log,
    sessionPids: () => childrenOf(child.pid ?? 0),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const sessions = childrenOf(child.pid ?? 0);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await ended;
      }
      for (const pid of sessions) endProcess(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended with its connection already.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function listening(child: ChildProcess, log: () => string): Promise<void> {
  const endAtMs = Date.now() + 10_000;
  while (!log().includes("Server listening")) {
    if (child.exitCode !== null || Date.now() > endAtMs) throw new Error(`sshd does not listen: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
