import type { Client } from "ssh2";
import { quoteArgv } from "./quote-argv.ts";

type SignalName = "TERM" | "KILL";

/** Processes that are to end at the same moment are told so in one go: sessions are scarce. */
const gatherMs = 20;

const retryMs = 500;
const triesMax = 6;

/** Negative numbers are process groups: sshd makes each command the leader of its own. */
const killScript = `s=$1; shift; for p; do kill "-$s" "-$p"; done`;

/**
 * Ends processes on a device by their ids, through a session of its own outside of the pool. SSH's signal request is
 * not used: OpenSSH ignores it for root ("session signalling requires privilege separation") and before 7.9.
 */
export class ProcessEnder {
  readonly #client: Client;
  readonly #wanted: Record<SignalName, Set<number>> = { TERM: new Set(), KILL: new Set() };
  readonly #scheduled = new Set<SignalName>();

  constructor(client: Client) {
    this.#client = client;
  }

  send(name: SignalName, pid: number): void {
    this.#wanted[name].add(pid);
    this.#schedule(name, gatherMs, triesMax);
  }

  /** The process has ended: its id may be somebody else's soon. */
  forget(pid: number): void {
    this.#wanted.TERM.delete(pid);
    this.#wanted.KILL.delete(pid);
  }

  #schedule(name: SignalName, afterMs: number, tries: number): void {
    if (this.#scheduled.has(name)) return;
    this.#scheduled.add(name);
    setTimeout(() => {
      this.#scheduled.delete(name);
      this.#run(name, tries);
    }, afterMs).unref();
  }

  #run(name: SignalName, tries: number): void {
    const pids = [...this.#wanted[name]];
    if (pids.length === 0) return;
    const line = quoteArgv(["exec", "sh", "-c", killScript, "sh", name, ...pids.map(String)]);
    try {
      this.#client.exec(line, (error, channel) => {
        if (error !== undefined) {
          // All sessions are taken, perhaps by the very processes that are to end.
          if (tries > 1) this.#schedule(name, retryMs, tries - 1);
          return;
        }
        for (const pid of pids) this.#wanted[name].delete(pid);
        channel.resume();
        channel.stderr.resume();
        channel.end();
      });
    } catch {
      // The connection is gone, and with it sshd's hold on its processes: nothing is left to send it through.
      this.#wanted[name].clear();
    }
  }
}
