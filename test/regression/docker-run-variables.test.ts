/** Variables of a script that each hold the one before them twice filled the memory, and ended in a bug instead of a finding. */
import { expect, test } from "vitest";
import { openAs } from "../unit/stacks/formats/opened.ts";

test("a chain of variables that doubles itself is refused where it is too long", async () => {
  const lines = Array.from({ length: 40 }, (_, index) => `A${index + 1}=$A${index}$A${index}`);
  const { stack, findings } = await openAs("run.sh", `A0=xxxxxxxx\n${lines.join("\n")}\ndocker run "$A40"\n`);
  expect(stack).toBeNull();
  expect(findings).toMatchObject([
    { rule: "docker-run.too-large", severity: "error", place: { line: 19 }, hint: expect.any(String) },
  ]);
});

test("one that stays short is filled in", async () => {
  const { stack } = await openAs("run.sh", "A=ngi\nB=$A'nx'\ndocker run $B:1\n");
  expect(stack?.services).toMatchObject([{ image: "nginx:1" }]);
});
