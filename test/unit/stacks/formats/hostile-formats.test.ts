// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a shell look like this.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hasRunCommand } from "../../../../src/main/stacks/formats/docker-run/has-run-command.ts";
import { openStack } from "../../../../src/main/stacks/index.ts";
import {
  AppError,
  openedStackSchema,
  type StackFormat,
  stackFormatSchema,
} from "../../../../src/shared/domain/index.ts";
import { folderWith } from "../compose/stack-folder.ts";

/** Pieces of every format, so that random texts get further than the first sign. */
const pieces = fc.constantFrom(
  ...[
    "docker run ",
    "-d ",
    "--name a ",
    "-v ",
    "a:b ",
    "--mount type=bind,",
    "\\\n",
    "$X ",
    "${X:-",
    "$(",
    "`",
    "'",
    '"',
    "<<E\n",
    "E\n",
    ";",
    "&&",
    "nginx ",
    "docker network create ",
  ],
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"image":{"name":"docker.io/a:1"}',
    '"imageRef":"a"',
    '"config":',
    '"host_config":',
    '"env":["A=b"]',
    '"port_mappings":[{"container_port":1}]',
    "null",
    "1",
    "-1e9",
  ],
  ...[
    "services:\n",
    "  a:\n",
    "    image: a\n",
    "    labels: {io.balena.features.dbus: '1'}\n",
    "    volumes: [",
    "containers: x\n",
    "version: '2'\n",
    '"containers":[{"name":"a","image":"a:1","port":1}]',
  ],
  ...["\0", "\uFEFF", "\t", "__proto__", "constructor", "é"],
);

test.each(stackFormatSchema.options)(
  "whatever the text, %s gives an answer or an AppError, and the answer keeps its contract",
  async (format: StackFormat) => {
    const folder = await folderWith({});
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), async (parts) => {
        const file = join(folder, "x.json");
        await writeFile(file, parts.join(""));
        for (const from of [format, null]) {
          try {
            openedStackSchema.parse(await openStack(file, { X: "1" }, { from }));
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }
      }),
      { numRuns: 150 },
    );
  },
);

test.each([
  ["options without end", `docker ${"-a ".repeat(100_000)}`],
  ["assignments without end", `${"A=b ".repeat(100_000)}x`],
  ["one very long line", `docker run ${"-e A=b ".repeat(50_000)} nginx`],
  ["very many commands", "docker run nginx\n".repeat(50_000)],
  ["open brackets", `docker run ${"$(".repeat(200_000)}`],
  ["variables", `docker run nginx ${"${A:-${B} ".repeat(50_000)}`],
  ["lines that go on", `docker run nginx ${"\\\n".repeat(200_000)}`],
])("%s neither hang nor escape", async (_name, text) => {
  hasRunCommand(text);
  const folder = await folderWith({ "run.sh": text });
  const opened = await openStack(join(folder, "run.sh"), {}, { from: "docker-run" }).catch((error: unknown) => error);
  if (opened instanceof AppError) return;
  expect(openedStackSchema.safeParse(opened).success).toBe(true);
});

test("JSON of 1 MiB is read in one pass", async () => {
  const env = Array.from({ length: 60_000 }, (_item, index) => `A${index}=b`);
  const folder = await folderWith({ "x.json": JSON.stringify({ image: { name: "docker.io/a:1" }, config: { env } }) });
  const opened = await openStack(folder, {});
  expect(Object.keys(opened.stack?.services[0]?.environment ?? {})).toHaveLength(60_000);
});
