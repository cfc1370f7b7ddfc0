import { keepServing } from "./stacks/index.ts";

// Started by `up`, see startKeeper, in a session of its own: Ctrl-C in the terminal that it came from is not meant for it.
const ending = new AbortController();
process.once("SIGTERM", () => ending.abort());
// Nobody may be left to read the one answer, or a complaint.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
await keepServing({ input: process.stdin, output: process.stdout, signal: ending.signal });
// A pipe that was never read to its end would hold the process.
process.stdin.destroy();
