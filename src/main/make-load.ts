import { makeLoad } from "./profiling/index.ts";

// Started by a run, see startLoadProcess, in a session of its own: Ctrl-C in the terminal that it came from is not meant for it.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
await makeLoad({ input: process.stdin, output: process.stdout });
