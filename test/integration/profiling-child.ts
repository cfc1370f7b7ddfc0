/** A measuring process that a test kills: `tsx profiling-child.ts FILE DATA_FOLDER RUN_ID`. Says `steady` when it is. */
import { openLocalEngine } from "../../src/main/engines/index.ts";
import { profileStack } from "../../src/main/profiling/index.ts";
import { openStack, requireStack } from "../../src/main/stacks/index.ts";
import { custom } from "./profiling-bench.ts";

const [file = "", dataFolder = "", runId = ""] = process.argv.slice(2);
await profileStack({
  stack: requireStack(await openStack(file)),
  targets: [custom("memory=64MiB,cpus=1")],
  engine: await openLocalEngine(),
  durationMs: 600_000,
  warmUpMs: 0,
  dataFolder,
  runId,
  findings: [],
  onEvents: (events) => {
    if (events.some((event) => event.phase === "steady")) process.stdout.write("steady\n");
  },
});
