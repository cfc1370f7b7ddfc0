import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { droppedFolder, keepDroppedFiles, remarkCopy } from "../../../src/main/api/dropped-files.ts";
import { openStack } from "../../../src/main/stacks/index.ts";

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "bayplan-dropped-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const compose = "services:\n  web:\n    image: busybox:1\n";

describe("keepDroppedFiles", () => {
  test("one file is what is opened, in a folder of its own that is called after it", async () => {
    const path = await keepDroppedFiles([{ name: "Line 7 gateway.yaml", text: compose }], data);
    expect(basename(path)).toBe("Line 7 gateway.yaml");
    expect(basename(dirname(path))).toMatch(/^line-7-gateway-/);
    expect(await readFile(path, "utf8")).toBe(compose);
    const opened = await openStack(path, {});
    expect(opened.stack?.services).toHaveLength(1);
    expect(remarkCopy(opened, data).findings[0]?.rule).toBe("stack.copy");
    expect(remarkCopy(opened, join(data, "elsewhere"))).toBe(opened);
  });

  test("of several, a known name makes the folder the stack, with its variables", async () => {
    const text = "services:\n  web:\n    image: busybox:$TAG\n";
    const path = await keepDroppedFiles(
      [
        { name: ".env", text: "TAG=1\n" },
        { name: "compose.yaml", text },
      ],
      data,
    );
    const { file, stack } = await openStack(path, {});
    expect(basename(file)).toBe("compose.yaml");
    expect(stack?.services[0]?.image).toBe("busybox:1");
  });

  test("else the first that may be a stack", async () => {
    const path = await keepDroppedFiles(
      [
        { name: "notes.txt", text: "" },
        { name: "gateway.yml", text: compose },
      ],
      data,
    );
    expect(basename(path)).toBe("gateway.yml");
  });

  test.each(["../compose.yaml", "a/b.yaml", "..", ".", "", "a\0b", "a\\b.yaml", "x".repeat(121)])(
    "%j is no name of a file, and nothing is written",
    async (name) => {
      await expect(keepDroppedFiles([{ name, text: compose }], data)).rejects.toMatchObject({ code: "bad-input" });
      expect(await readdir(data)).toEqual([]);
    },
  );

  test("two of one name and too much text are refused", async () => {
    const twice = [
      { name: "a.yaml", text: "" },
      { name: "a.yaml", text: "" },
    ];
    await expect(keepDroppedFiles(twice, data)).rejects.toMatchObject({ code: "bad-input" });
    const large = [{ name: "a.yaml", text: "x".repeat(400_001) }];
    await expect(keepDroppedFiles(large, data)).rejects.toMatchObject({ code: "bad-input" });
  });

  test("the copies of the last twenty times stay", async () => {
    for (let count = 0; count < 22; count += 1)
      await keepDroppedFiles([{ name: `s${count}.yaml`, text: compose }], data);
    const left = await readdir(droppedFolder(data));
    expect(left).toHaveLength(20);
    expect(left.some((name) => name.startsWith("s21-"))).toBe(true);
    expect(left.some((name) => name.startsWith("s0-"))).toBe(false);
  });
});
