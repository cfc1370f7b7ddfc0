/** Which files belong to a stack, and that no other can be read through it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hideSecrets } from "../../../src/main/stacks/hide-secrets.ts";
import { openStack, readFileOfStack } from "../../../src/main/stacks/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function filesOf(path: string): Promise<string[]> {
  const { files } = await openStack(join(folder, path), {});
  return files.map(
    (file) =>
      `${file.role} ${relative(folder, file.path)}${file.namedAt === null ? "" : ` ${relative(folder, file.namedAt.file)}:${file.namedAt.line}`}${file.missing ? " missing" : ""}`,
  );
}

const compose = `include: [parts/db.yaml]
services:
  web:
    extends: { file: base.yaml, service: web }
    image: busybox:$TAG
    env_file: [web.env]
  own:
    build: ./own
  bare:
    build: ./bare
`;

const whole = {
  "compose.yaml": compose,
  "compose.override.yaml": "services:\n  web: { init: true }\n",
  ".env": "TAG=1\n",
  "base.yaml": "services:\n  web: { image: x }\n",
  "web.env": "A=1\nADMIN_PASSWORD=hunter2\n",
  "parts/db.yaml": "services:\n  db: { image: busybox }\n",
  "own/Dockerfile": "FROM busybox\n",
};

describe("the files of a stack", () => {
  test("of a folder: all that was read, what for, and where it is named", async () => {
    await put(whole);
    expect(await filesOf(".")).toEqual([
      "stack compose.yaml",
      "override compose.override.yaml",
      "variables .env",
      "extends base.yaml compose.yaml:4",
      "include parts/db.yaml compose.yaml:1",
      "env-file web.env compose.yaml:6",
      "dockerfile own/Dockerfile compose.yaml:7",
      "dockerfile bare/Dockerfile compose.yaml:9 missing",
    ]);
  });

  test("are told as far as they were read when the stack cannot be", async () => {
    await put({ "compose.yaml": "include: [gone.yaml]\nservices:\n  a: { image: x }\n", ".env": "A=1\n" });
    expect(await filesOf("compose.yaml")).toEqual([
      "stack compose.yaml",
      "variables .env",
      "include gone.yaml compose.yaml:1 missing",
    ]);
  });

  test("of other formats: a blueprint, a folder of containers, the env files of a script", async () => {
    await put({
      "app/blueprint.yaml": "containers: run\n",
      "app/run/docker-compose.yml": "services:\n  a: { image: x }\n",
      "kanto/a.json": JSON.stringify({ container_name: "a", image: { name: "docker.io/library/a:1" } }),
      "kanto/sub/b.json": JSON.stringify({ container_name: "b", image: { name: "docker.io/library/b:1" } }),
      "run.sh": "docker run -d --name a --env-file a.env --env-file b.env busybox:1\n",
      "a.env": "A=1\n",
    });
    expect(await filesOf("app")).toEqual(["stack app/run/docker-compose.yml", "blueprint app/blueprint.yaml"]);
    expect(await filesOf("kanto")).toEqual(["stack kanto/a.json", "stack kanto/sub/b.json"]);
    expect(await filesOf("run.sh")).toEqual([
      "stack run.sh",
      "env-file a.env run.sh:1",
      "env-file b.env run.sh:1 missing",
    ]);
  });
});

describe("readFileOfStack", () => {
  test("gives the files of the stack and no other", async () => {
    await put({ ...whole, "private.txt": "mine\n" });
    const read = (path: string) => readFileOfStack({ file: folder, from: null, path: join(folder, path) }, {});
    expect((await read("base.yaml")).text).toBe(whole["base.yaml"]);
    expect((await read("own/Dockerfile")).text).toBe(whole["own/Dockerfile"]);
    expect(await read("web.env")).toMatchObject({ text: "A=1\nADMIN_PASSWORD=••••••\n", hiddenValues: 1 });
    for (const path of ["private.txt", "own/../private.txt", "", "own"]) {
      await expect(read(path)).rejects.toMatchObject({ code: "not-found" });
    }
    await expect(readFileOfStack({ file: folder, from: null, path: "/etc/passwd" }, {})).rejects.toMatchObject({
      code: "not-found",
    });
  });

  test("a file that is named and not there is no file", async () => {
    await put(whole);
    const path = join(folder, "bare/Dockerfile");
    await expect(readFileOfStack({ file: folder, from: null, path }, {})).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("hideSecrets", () => {
  test.each([
    ["TAG=1.2", "TAG=1.2"],
    ["# PASSWORD=x", "# PASSWORD=x"],
    ["DB_PASSWORD=x y # z", "DB_PASSWORD=••••••"],
    ["export API_KEY='a b'", "export API_KEY='••••••'"],
    ["TOKEN:", "TOKEN:"],
    ['URL="postgres://me:geheim@db/x"', 'URL="postgres://me:••••••@db/x"'],
    ['SSL_KEY="-----BEGIN\nabc\n-----END"\nB=2', 'SSL_KEY="••••••\n••••••\n••••••"\nB=2'],
    ['X="-----BEGIN RSA\nabc"', 'X="••••••\n••••••"'],
    ['A_TOKEN="a\\"b\nrest"\nB=1', 'A_TOKEN="••••••\n••••••"\nB=1'],
  ])("%j", (text, shown) => {
    expect(hideSecrets(text).text).toBe(shown);
  });
});
