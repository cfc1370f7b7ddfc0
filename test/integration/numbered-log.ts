/** A container of a lab's device that prints numbered lines, and what its engine itself says that it has printed. */
import { tryDocker } from "../lab/docker.ts";
import type { LabDevice } from "../lab/lab.ts";
import { busyboxImage } from "./engines-fixture.ts";

const name = "numbers";
const labels = ["com.docker.compose.project=chaos", "com.docker.compose.service=numbers"];

/**
 * Ten numbers at a time, one of them on the other output, now and then one with more text than an engine puts into one
 * message. A number is taken before it is printed: over restarts one may be left out, and none comes twice.
 */
const script = [
  "n=$(cat /n 2>/dev/null || echo $FROM)",
  "pad=$(seq 1 5000 | tr -d '\\n')",
  "trap 'exit 0' TERM",
  "while [ ! -e /stop ]; do",
  "  echo $((n+10)) >/n.new && mv /n.new /n",
  "  seq $n $((n+7)); echo $((n+8)) >&2",
  "  if [ $((n % 1000)) = 0 ]; then echo $((n+9)) $pad; else echo $((n+9)); fi",
  "  n=$((n+10)); usleep 15000",
  "done",
  "echo end; sleep 1000 & wait",
].join("\n");

/** The lines of each output: between two of them the order is not certain, since parts of a long line are messages, too. */
export interface Outputs {
  stdout: string[];
  stderr: string[];
}

export class NumberedLog {
  readonly #device: LabDevice;
  /** Every container so far, oldest first. */
  readonly ids: string[] = [];
  /** What those have printed that are not there any more, or have ended. */
  readonly printed = new Map<string, Outputs>();

  constructor(device: LabDevice) {
    this.#device = device;
  }

  get id(): string {
    return this.ids.at(-1) ?? "";
  }

  async start(from: number, driver: string): Promise<void> {
    const argv = ["run", "-d", "--name", name, "--restart", "always", "--log-driver", driver, "-e", `FROM=${from}`];
    for (const label of labels) argv.push("--label", label);
    const id = (await this.#device.docker([...argv, busyboxImage, "sh", "-c", script])).trim();
    this.ids.push(id);
  }

  /** Ends the container, notes what it has printed, removes it, and starts another one that counts on. */
  async replace(driver: string): Promise<void> {
    await this.#device.docker(["kill", this.id]);
    const { stdout } = await this.note();
    await this.#device.docker(["rm", this.id]);
    const last = stdout.reduce((highest, line) => Math.max(highest, Number.parseInt(line, 10)), 0);
    await this.start(last + 1_000, driver);
  }

  async restart(): Promise<void> {
    await this.#device.docker(["restart", "-t", "0", this.id]);
  }

  /** Makes it print "end" and nothing more. */
  async end(): Promise<void> {
    await this.#device.docker(["exec", this.id, "touch", "/stop"]);
  }

  /** All that the engine has of the current container, as docker's own client prints it. */
  async note(): Promise<Outputs> {
    const said = await tryDocker(this.#device.outsideEngineSocket, ["logs", this.id]);
    if (said.code !== 0) throw new Error(`docker logs: ${said.stderr}`);
    const lines = { stdout: said.stdout.split("\n").slice(0, -1), stderr: said.stderr.split("\n").slice(0, -1) };
    this.printed.set(this.id, lines);
    return lines;
  }

  async remove(): Promise<void> {
    const left = (await this.#device.docker(["ps", "-aq", "--filter", `label=${labels[0]}`])).split("\n");
    const ids = left.filter((id) => id !== "");
    if (ids.length > 0) await this.#device.docker(["rm", "-f", ...ids]);
  }
}
