/** A machine with Kanto for tests: a folder with a kanto-cm on the path of whoever logs in, and the daemon's containers. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DaemonState } from "./daemon-state.mjs";

export interface KantoDevice {
  /** The path of a login there, with kanto-cm first. */
  path: string;
  /** The daemon's folder; its containers' logs are below `containers`. */
  home: string;
  state: DaemonState;
  /**
   * A shell line for the sshd of that machine: whoever logs in sees the daemon's configuration, with the broker at this
   * port or without one, and not this machine's own engine.
   */
  prepare(brokerPort: number | null): string;
  /** Makes every call of kanto-cm fail in one way, or well again: hang, down, denied, garbage, cut, keeps. */
  setFault(fault: string | null): void;
  remove(): void;
}

export function makeKantoDevice(): KantoDevice {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-kanto-"));
  const home = join(folder, "home");
  mkdirSync(home);
  mkdirSync(join(folder, "bin"));
  const double = join(import.meta.dirname, "kanto-cm.mjs");
  writeExecutable(join(folder, "bin", "kanto-cm"), `exec '${process.execPath}' '${double}' '${home}' "$@"`);
  return {
    path: `${join(folder, "bin")}:/usr/local/bin:/usr/bin:/bin`,
    home,
    state: new DaemonState(home),
    prepare(brokerPort) {
      const etc = join(folder, "etc");
      mkdirSync(join(etc, "container-management"), { recursive: true });
      const things =
        brokerPort === null
          ? { enable: false }
          : { enable: true, connection: { broker_url: `tcp://localhost:${brokerPort}` } };
      writeFileSync(
        join(etc, "container-management", "config.json"),
        JSON.stringify({ manager: { home_dir: home }, things }, null, 2),
      );
      return `mount -t overlay overlay -o lowerdir=${etc}:/etc /etc && mount -t tmpfs tmpfs /run && mkdir /run/sshd`;
    },
    setFault(fault) {
      const file = join(home, "fault");
      if (fault === null) rmSync(file, { force: true });
      else writeFileSync(file, fault);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writeExecutable(path: string, line: string): void {
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
}
