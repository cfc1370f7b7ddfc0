import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostileAnswer, type HostileEngine, startHostileEngine } from "./hostile-engine.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

export interface HostileDeviceOptions {
  /** What its engine answers, see `startHostileEngine`. */
  answers?: Record<string, HostileAnswer>;
  /** What runs in every login shell before anything else. */
  bashrc?: string;
  settings?: Record<string, string>;
}

/** A machine that means harm: a real sshd whose files, programs, login shell and engine say what they like. */
export interface HostileDevice {
  server: SshServer;
  engine: HostileEngine;
  /** A file that is made as soon as one of its names is run as a command, here or there. */
  marker: string;
  /** `root@127.0.0.1:port`. */
  address: string;
  stop(): Promise<void>;
}

/** Text that steers a terminal, is a command to a shell, and a program to a browser. */
export function hostileText(marker: string): string {
  return `\u001b]0;owned\u0007\u001b[2J\u009b31m$(touch ${marker})\`touch ${marker}\`;touch ${marker}|\u202e<img src=x onerror=alert(1)>\u0000\r`;
}

/** Runs in a mount namespace of its own, where its files lie over those of this machine. */
export async function startHostileDevice(options: HostileDeviceOptions = {}): Promise<HostileDevice> {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-hostile-device-"));
  const marker = join(folder, "ran");
  const text = hostileText(marker);
  const engine = await startHostileEngine(options.answers ?? {});
  const home = join(folder, "home");
  const programs = join(folder, "bin");
  for (const made of [home, programs]) mkdirSync(made);
  writeFileSync(join(folder, "os-release"), `ID="${text}"\nPRETTY_NAME="${text}"\nVARIANT_ID=$(touch ${marker})\n`);
  writeFileSync(join(folder, "hostname"), `${text}\n`);
  writeFileSync(join(folder, "banner"), `${text}\n`.repeat(500));
  writeFileSync(join(home, ".bashrc"), options.bashrc ?? "");
  // `uname -r` and `uname -m` are the kernel and the architecture.
  writeFileSync(join(folder, "uname"), text.replaceAll("\u0000", ""));
  writeFileSync(join(programs, "uname"), `#!/bin/sh\ncat '${join(folder, "uname")}'\n`);
  chmodSync(join(programs, "uname"), 0o755);
  const prepare = [
    `mount --bind '${join(folder, "os-release")}' /etc/os-release`,
    `mount --bind '${join(folder, "hostname")}' /proc/sys/kernel/hostname`,
    "mount -t tmpfs none /run",
    "mkdir /run/sshd",
    `ln -s '${engine.socketPath}' /run/docker.sock`,
  ];
  const server = await startSshServer(
    {
      Banner: join(folder, "banner"),
      SetEnv: `HOME=${home} "PATH=${programs}:/usr/sbin:/usr/bin:/sbin:/bin"`,
      ...options.settings,
    },
    prepare.join(" && "),
  );
  return {
    server,
    engine,
    marker,
    address: `root@127.0.0.1:${server.port}`,
    async stop() {
      await server.stop();
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
