import { join } from "node:path";
import { expect, test } from "vitest";
import { checkStack, fixStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { requestFor } from "./check-folder.ts";

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join("");

test.each([
  ["many services", `services:\n${lines(400, (n) => `  s${n}: { image: redis }\n`)}`],
  [
    "many ports of one number",
    `services:\n  a:\n    image: x\n    ports:\n${lines(3_000, (n) => `    - "10.0.${n >> 8}.${n & 255}:80:80"\n`)}`,
  ],
  ["a long range of ports", 'services: { a: { image: x, ports: ["1-5000:1-5000", "0.0.0.0:1-5000:1-5000"] } }\n'],
  ["many comments", `services:\n  a:\n    image: x\n${lines(3_000, () => "# bayplan-ignore a, b\n")}`],
  ["a comment without end", `services:\n  a:\n    image: x # bayplan-ignore ${"a,".repeat(200_000)}\n`],
  ["a Dockerfile that never ends", "services: { a: { build: { context: ., dockerfile: /dev/zero } } }\n"],
  [
    "an alias bomb",
    `l0: &l0 [x]\n${lines(30, (n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(", ")}]\n`)}services: {a: {image: x}}\n`,
  ],
  ["many anchors of one service", `services:\n  a: &a { image: redis }\n${lines(500, (n) => `  s${n}: *a\n`)}`],
  ["an odd variable", `services:\n  a: { image: x, command: "${"$$".repeat(100_000)}" }\n`],
])("%s neither hang nor escape", { timeout: 60_000 }, async (_name, text) => {
  const folder = await folderWith({ "compose.yaml": text });
  for (const target of ["docker", "balena"]) {
    const request = await requestFor(join(folder, "compose.yaml"), `--target ${target}`);
    const started = await checkStack(request);
    expect(started.checked.every(({ finding: { place } }) => place === null || place.line >= 1)).toBe(true);
    const fix = await fixStack(request);
    expect(fix.before.checked.length).toBe(started.checked.length);
  }
});
