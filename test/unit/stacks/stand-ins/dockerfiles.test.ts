import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Board, chooseDockerfiles } from "../../../../src/main/stacks/index.ts";
import { serviceOf } from "../../../integration/engines-fixture.ts";

const pi4: Board = { model: "rpi-4b-2gb", platform: "linux/arm64" };

/** What is built of a folder with these files, and what was said of it. */
async function chosen(files: Record<string, string>, board = pi4, dockerfile = "Dockerfile") {
  const context = await mkdtemp(join(tmpdir(), "bayplan-dockerfiles-"));
  onTestFinished(() => rm(context, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(context, name), text);
  const service = serviceOf({ image: null, build: { context, dockerfile, args: {}, target: null } });
  const { services, substitutions } = await chooseDockerfiles([service], board);
  return {
    text: services[0]?.build?.options?.inlineDockerfile ?? null,
    said: substitutions.map(({ instead }) => instead),
  };
}

test("the variables of a template are those of the board", async () => {
  const template = {
    "Dockerfile.template": "FROM balenalib/%%BALENA_MACHINE_NAME%%-debian AS a\nFROM x/%%RESIN_ARCH%%\n",
  };
  expect(await chosen(template)).toEqual({
    text: "FROM balenalib/raspberrypi4-64-debian AS a\nFROM x/aarch64\n",
    said: ["Dockerfile.template with its variables filled in"],
  });
  const pc = await chosen(template, { model: null, platform: "linux/amd64" }, "Dockerfile.template");
  expect(pc.text).toBe("FROM balenalib/generic-amd64-debian AS a\nFROM x/amd64\n");
});

test("the nearest to the board counts: its type, its architecture, the template, the plain one", async () => {
  const all = {
    "Dockerfile.raspberrypi4-64": "FROM type\n",
    "Dockerfile.aarch64": "FROM arch\n",
    "Dockerfile.template": "FROM template\n",
    Dockerfile: "FROM plain\n",
  };
  expect((await chosen(all)).text).toBe("FROM type\n");
  expect((await chosen({ ...all, "Dockerfile.raspberrypi4-64": "FROM %%BALENA_ARCH%%\n" })).text).toBe(
    "FROM aarch64\n",
  );
  const { "Dockerfile.raspberrypi4-64": _type, ...others } = all;
  expect((await chosen(others)).text).toBe("FROM arch\n");
  const { "Dockerfile.aarch64": _arch, ...rest } = others;
  expect((await chosen(rest)).text).toBe("FROM template\n");
  expect(await chosen({ Dockerfile: "FROM plain\n" })).toEqual({ text: null, said: [] });
});

test("a build that names its file has that, and one without any is left to the engine's words", async () => {
  expect((await chosen({ "Dockerfile.aarch64": "FROM a\n", own: "FROM own\n" }, pi4, "own")).text).toBeNull();
  expect((await chosen({ own: "FROM %%BALENA_ARCH%%\n" }, pi4, "own")).text).toBe("FROM aarch64\n");
  expect(await chosen({})).toEqual({ text: null, said: [] });
});

test("a variable that is none is said with its place", async () => {
  await expect(chosen({ "Dockerfile.template": "FROM a\nRUN echo %%BALENA_APP%%\n" })).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/Dockerfile\.template:2:10: %%BALENA_APP%% is no variable/),
  });
});
