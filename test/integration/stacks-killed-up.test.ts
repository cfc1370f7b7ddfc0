/**
 * A second `up` is killed half way, while containers of before stand aside: the next `up` makes the stack whole, with one container a
 * service under its own name, and `down` leaves nothing. `BAYPLAN_TEST_LONG=1`: each step with each way to go on.
 */
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { composeLabels } from "../../src/main/stacks/index.ts";
import { bayplan, startBayplan } from "./bayplan-command.ts";
import { nothing, stacksBench } from "./stacks-bench.ts";

const long = process.env.BAYPLAN_TEST_LONG === "1";
const bench = stacksBench();

/** What the second `up` says before it is killed. */
const steps = ["Stopping", "Replacing", "Creating", "Starting db", "Starting web"];
const ways = ["up again", "up as before", "down"];
const cases = long
  ? steps.flatMap((step) => ways.map((way) => [step, way] as const))
  : ([
      ["Replacing", "up as before"],
      ["Creating", "up as before"],
      ["Starting db", "up again"],
      ["Starting web", "down"],
    ] as const);

test.each(cases)(
  "an up that is killed at %j: %s",
  async (step, way) => {
    const { name, file } = await bench.stack(
      `  db: {<<: *base, command: sleep 1000, environment: {VALUE: "1"}}
  web: {<<: *base, command: sleep 1000, depends_on: {db: {condition: service_started, restart: true}}}`,
    );
    const folder = dirname(file);
    const options = { home: join(folder, "home") };
    await mkdir(options.home, { recursive: true });
    const text = await readFile(file, "utf8");
    const change = (value: string) => writeFile(file, text.replace('VALUE: "1"', `VALUE: "${value}"`));
    const up = () => bayplan(["up", file], options);
    const first = await up();
    expect([first.code, first.stderr]).toEqual([0, expect.any(String)]);

    await change("2");
    const second = startBayplan(["up", file], options);
    const ended = once(second, "close");
    let said = "";
    const listen = (piece: Buffer) => {
      said += String(piece);
      if (said.includes(step)) second.kill("SIGKILL");
    };
    second.stdout?.on("data", listen);
    second.stderr?.on("data", listen);
    await ended;
    expect(said).toContain(step);

    if (way === "up as before") await change("1");
    if (way !== "down") {
      const third = await up();
      expect([third.code, third.stderr]).toEqual([0, expect.any(String)]);
      const { containers } = await bench.engine.listByLabel(`${composeLabels.project}=${name}`);
      expect(containers.map((one) => [one.name, one.running]).sort()).toEqual([
        [`${name}-db-1`, true],
        [`${name}-web-1`, true],
      ]);
    }
    const down = await bayplan(["down", file], options);
    expect([down.code, down.stderr]).toEqual([0, expect.any(String)]);
    expect(await bench.left(name)).toEqual(nothing);
  },
  180_000,
);
