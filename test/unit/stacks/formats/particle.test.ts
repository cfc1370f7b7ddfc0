import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { remarks, serviceOf, stackOf } from "./opened.ts";

const compose = "services:\n  app:\n    build: .\n    restart: always\n  redis:\n    image: redis:alpine\n";

test("a compose file alone loads as Compose", async () => {
  const opened = await openStack(await folderWith({ "docker-compose.yml": compose }), {});
  expect(opened).toMatchObject({ format: "compose", findings: [] });
  expect(stackOf(opened).services.map(({ name }) => name)).toEqual(["app", "redis"]);
});

test.each(["", "blueprint.yaml"])(
  "a blueprint names the folder of the compose file; the app is called after it (%j)",
  async (named) => {
    const folder = await folderWith({
      "blueprint.yaml": "name: demo\ncontainers: ./Camera App\n",
      "Camera App/docker-compose.yaml": `name: other\n${compose}`,
      ".particle_env.yaml": "deviceId: 0a10\ninstance: x7k2p9\n",
    });
    const opened = await openStack(join(folder, named), {});
    expect(opened).toMatchObject({
      format: "particle",
      file: join(folder, "Camera App", "docker-compose.yaml"),
      findings: [],
    });
    expect(stackOf(opened).name).toBe("cameraapp_x7k2p9");
    expect(serviceOf(opened, "app").build?.context).toBe(join(folder, "Camera App"));
  },
);

test("a build in the long form, another file name, and an app without its instance are told", async () => {
  const folder = await folderWith({
    "blueprint.yaml": "containers: app\n",
    "app/compose.yaml": "services:\n  app:\n    build:\n      context: .\n",
  });
  const opened = await openStack(folder, {});
  expect(remarks(opened)).toEqual([
    "warning particle.file-name 1:1",
    "info particle.instance 1:1",
    "warning particle.object-build 3:5",
  ]);
  expect(stackOf(opened).name).toBe("app");
});

test("a blueprint without containers means the compose file beside it", async () => {
  const folder = await folderWith({ "blueprint.yaml": "name: demo\n", "docker-compose.yml": compose });
  const opened = await openStack(folder, {});
  expect(opened.format).toBe("particle");
  expect(remarks(opened)).toEqual(["info particle.no-containers 1:1", "info particle.instance 1:1"]);
});

test("a blueprint whose folder has no compose file, or names no folder, says so", async () => {
  const empty = await folderWith({ "blueprint.yaml": "containers: app\n", "app/readme": "" });
  await expect(openStack(empty, {})).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("has no compose file"),
  });
  const wrong = await folderWith({ "blueprint.yaml": "containers: [app]\n", "docker-compose.yml": compose });
  expect(remarks(await openStack(wrong, {}))).toEqual(["error particle.wrong-type 1:1"]);
});
