// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { fileError } from "../../../../src/main/stacks/compose/load/source-file.ts";
import { type OpenOptions, openStack, requireStack } from "../../../../src/main/stacks/index.ts";
import { brief, folderWith, open } from "./stack-folder.ts";

const good = "services:\n  web:\n    image: nginx\n";

test("a missing file, a folder without one, and a folder with one", async () => {
  const folder = await folderWith({ "notes.txt": "" });
  await expect(openStack(join(folder, "no.yaml"))).rejects.toMatchObject({
    code: "not-found",
    hint: expect.any(String),
  });
  await expect(openStack(join(folder, "notes.txt", "x"))).rejects.toMatchObject({ code: "not-found" });
  await expect(openStack(folder)).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("has no compose file"),
  });
  await writeFile(join(folder, "docker-compose.yml"), good);
  expect((await openStack(folder, {})).file).toBe(join(folder, "docker-compose.yml"));
  await writeFile(join(folder, "compose.yaml"), good);
  expect((await openStack(folder, {})).file).toBe(join(folder, "compose.yaml"));
});

test("what is not a text file of a sane size is refused", async () => {
  const folder = await folderWith({
    "large.yaml": `# ${"x".repeat(1024 * 1024)}`,
    "binary.yaml": new Uint8Array([0x89, 0x50, 0xff, 0x00]),
    "nul.yaml": "services:\0",
  });
  for (const [name, why] of [
    ["large.yaml", "larger than 1 MiB"],
    ["binary.yaml", "not a text file"],
    ["nul.yaml", "not a text file"],
  ] as const) {
    await expect(openStack(join(folder, name))).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining(why),
    });
  }
  await expect(openStack("/dev/zero")).rejects.toMatchObject({ code: "bad-input" });
  await expect(openStack("")).rejects.toMatchObject({ code: "bad-input" });
  await expect(openStack("a\0b")).rejects.toMatchObject({ code: "bad-input" });
});

test("a file without permission is bad input with a hint, another error is not made up", () => {
  const denied = Object.assign(new Error("EACCES"), { code: "EACCES" });
  expect(fileError("/x", denied)).toMatchObject({
    code: "bad-input",
    message: "/x may not be read.",
    hint: expect.any(String),
  });
  const bug = new TypeError("bug");
  expect(fileError("/x", bug)).toBe(bug);
});

test.each([
  ["", ["error compose.empty 1:1"]],
  ["# only a comment\n", ["error compose.empty 1:1"]],
  ["- a\n- b\n", ["error compose.wrong-type 1:1"]],
  ["just text", ["error compose.wrong-type 1:1"]],
  ["name: a\n", ["error compose.no-services 1:1"]],
  ["services: {}\n", ["error compose.no-services 1:11"]],
  ["services:\n  - web\n", ["error compose.wrong-type 2:3"]],
  ["services:\n  web: nginx\n", ["error compose.wrong-type 2:8"]],
  ["services:\n  web:\n    command: x\n", ["error compose.no-image 2:3"]],
  ["services:\n  web:\n    image: [a]\n", ["error compose.wrong-type 3:12"]],
  ["services:\n  web:\n    image: a\n    image: b\n", ["error compose.duplicate-key 4:5"]],
  ["services:\n  web:\n    image: a\n    depends_on: [db]\n", ["error compose.undefined-reference 4:18"]],
  ["services:\n  web:\n    image: a\n    networks: [back]\n", ["error compose.undefined-reference 4:16"]],
  ["services:\n  web:\n    image: a\n    volumes: ['data:/d']\n", ["error compose.undefined-reference 4:15"]],
  ["services:\n  web:\n    image: ${X:?needed}\n", ["error compose.interpolation 3:12"]],
  ["services:\n  web:\n    image: *nope\n", ["error compose.yaml 3:12"]],
  ["services:\n  bad name:\n    image: a\n", ["error compose.bad-value 2:3"]],
  ["services:\n  web:\n    image: a\n    deploy: {replicas: 3}\n", ["error compose.bad-value 4:24"]],
  ["name: --\nservices:\n  web:\n    image: a\n", ["error compose.project-name -:-"]],
  [
    "services:\n  web:\n    image: a\n    prots: []\n    user: 5\n",
    ["error compose.unknown-key 4:5", "error compose.wrong-type 5:11"],
  ],
  ["services:\n  web:\n  image: a\n   x: y\n", ["error compose.yaml 3:10"]],
])("%j has no stack, and says where and why", async (text, findings) => {
  const opened = await open(text);
  expect(opened.stack).toBeNull();
  expect(opened.source).toBe(text);
  expect(brief(opened.findings)).toEqual(findings);
});

test("services that wait for each other are named in a circle", async () => {
  const text =
    "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}\n";
  const { findings } = await open(text);
  expect(findings).toMatchObject([
    { rule: "compose.dependency-cycle", message: expect.stringContaining("a -> b -> c -> a") },
  ]);
});

test("every key that is not applied is a warning that says what it means", async () => {
  const text = `version: "3.8"
services:
  web:
    image: nginx
    isolation: default
    x-own: fine
    deploy: {resources: {reservations: {generic_resources: []}}, restart_policy: {window: 1s}}
    healthcheck: {test: "true", start_interval: 1s}
    develop: {}
    post_start: [{command: a}]
    volumes: [{type: volume, source: data, target: /d, volume: {subpath: a}}]
  off: {image: x, profiles: [p], develop: {}}
networks: {default: {enable_ipv4: true}}
volumes: {data: {driver: nfs}}
secrets: {s: {file: x}}
`;
  const { stack, findings } = await open(text);
  expect(stack).not.toBeNull();
  expect(brief(findings)).toEqual([
    "info compose.obsolete-key 1:1",
    "warning compose.unsupported-key 7:41",
    "warning compose.unsupported-key 7:83",
    "warning compose.unsupported-key 8:33",
    "warning compose.unsupported-key 9:5",
    "warning compose.unsupported-key 11:65",
    "warning compose.unsupported-key 13:22",
  ]);
  expect(findings[4]?.message).toBe("`develop` of service `web` is not applied: nothing is watched or rebuilt.");
});

test("a folder is read with its override file; a file alone, and then that is said", async () => {
  const folder = await folderWith({ "compose.yaml": good, "other.yaml": good, "compose.override.yml": good });
  expect(brief((await openStack(join(folder, "compose.yaml"), {})).findings)).toEqual([
    "warning compose.override-file -:-",
  ]);
  await writeFile(join(folder, "compose.override.yml"), "services: {web: {command: over}}\n");
  const opened = await openStack(folder, {});
  expect(opened.findings).toEqual([]);
  expect(opened.stack?.services[0]).toMatchObject({ image: "nginx", command: ["over"] });
  expect((await openStack(join(folder, "other.yaml"), {})).findings).toEqual([]);
});

test("the name: COMPOSE_PROJECT_NAME, then the file's, then the folder's", async () => {
  const named = `name: from-file\n${good}`;
  expect((await open(named)).stack?.name).toBe("from-file");
  expect((await open(named, { COMPOSE_PROJECT_NAME: "from-env" })).stack?.name).toBe("from-env");
  expect((await open(named, {}, { ".env": "COMPOSE_PROJECT_NAME=from-dotenv" })).stack?.name).toBe("from-dotenv");
  const folder = join(await folderWith({}), "My Edge_1");
  await mkdir(folder);
  await writeFile(join(folder, "compose.yaml"), good);
  expect((await openStack(folder, {})).stack?.name).toBe("myedge_1");
});

test("variables come from the environment, then from .env beside the file", async () => {
  const text = "services:\n  web:\n    image: ${IMAGE}:${TAG:-latest}\n";
  const files = { ".env": "IMAGE=from-file\nTAG=1\n" };
  expect((await open(text, {}, files)).stack?.services[0]?.image).toBe("from-file:1");
  expect((await open(text, { IMAGE: "from-env" }, files)).stack?.services[0]?.image).toBe("from-env:1");
  const unset = await open(text);
  expect(unset.stack?.services[0]?.image).toBe(":latest");
  expect(brief(unset.findings)).toEqual(["warning compose.unset-variable 3:12"]);
  const broken = await open(text, {}, { ".env": "A=1\n=2\n" });
  expect(broken.stack).toBeNull();
  expect(broken.findings[0]).toMatchObject({ rule: "compose.env-file", place: { line: 2 } });
  expect(basename(broken.findings[0]?.place?.file ?? "")).toBe(".env");
});

test("anchors, aliases and merges are resolved; the nearer value wins", async () => {
  const text = `
x-one: &one {restart: always, environment: &env {A: "1", B: "1"}}
x-two: &two {restart: "no", init: true}
services:
  web:
    <<: [*one, *two]
    image: nginx
    environment:
      <<: *env
      B: "2"
`;
  const { stack, findings } = await open(text);
  expect(findings).toEqual([]);
  expect(stack?.services[0]).toMatchObject({
    restart: { policy: "always" },
    init: true,
    environment: { A: "1", B: "2" },
  });
});

test("networks and volumes: external, named, internal", async () => {
  const { stack } = await open(`${good}networks:
  a: {external: true}
  b: {external: {name: old}}
  c: {name: mine, internal: true, driver: bridge}
volumes:
  v: {external: true, name: theirs}
  w:
`);
  const network = { external: false, externalName: null, internal: false, driver: null, options: null };
  expect(stack?.networks).toEqual([
    { ...network, name: "a", external: true },
    { ...network, name: "b", external: true, externalName: "old" },
    { ...network, name: "c", externalName: "mine", internal: true, driver: "bridge" },
  ]);
  expect(stack?.volumes).toEqual([
    { name: "v", external: true, externalName: "theirs", options: null },
    { name: "w", external: false, externalName: null, options: null },
  ]);
});

test("an optional dependency may be of a profile that is not chosen", async () => {
  const text = `services:
  web: {image: a, depends_on: {db: {condition: service_started, required: false}}}
  db: {image: b, profiles: [full]}
`;
  expect((await open(text)).stack?.services.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([["web", []]]);
  const all = await open(text, { COMPOSE_PROFILES: "full" });
  expect(all.stack?.services[0]?.dependsOn).toEqual([{ service: "db", condition: "service_started", restart: false }]);
});

test("two services cannot ask for the same port or container name", async () => {
  const text =
    "services:\n  a: {image: x, ports: ['80:80'], container_name: n}\n  b: {image: x, ports: ['80:81'], container_name: n}\n";
  expect(brief((await open(text)).findings)).toEqual([
    "error compose.taken-twice 3:3",
    "error compose.taken-twice 3:3",
  ]);
});

test("x-bayplan marks load and batch services and describes the load", async () => {
  const { stack, findings } = await open(
    'x-bayplan: {load: "40 msg/s"}\nservices:\n  a: {image: x, x-bayplan: {load: true}}\n  b: {image: x, x-bayplan: {batch: true, other: 1}}\n',
  );
  expect(stack?.loadDescription).toBe("40 msg/s");
  expect(stack?.services.map(({ load, batch }) => [load, batch])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(brief(findings)).toEqual(["warning compose.unsupported-key 4:42"]);
});

test("requireStack gives the stack, or the first error with its place and how many more", async () => {
  expect(requireStack(await open(good)).services).toHaveLength(1);
  const broken = await open("services:\n  web:\n    ports: 80\n    image: [x]\n");
  const [first] = broken.findings;
  expect(() => requireStack(broken)).toThrow(
    expect.objectContaining({
      code: "bad-input",
      message: `${broken.file}:3:12: ${first?.message} (and 1 more error)`,
    }),
  );
});

const several = {
  "stack/compose.yaml":
    "services:\n  web:\n    image: nginx:${TAG:-1}\n    ports: ['80:80']\n    volumes: ['./data:/data']\n",
  "stack/compose.override.yml": "services: {web: {image: override}}\n",
  "stack/more.yaml": "services:\n  web: {ports: ['81:81']}\n  debug: {image: 'busybox:1', profiles: [debug]}\n",
  "stack/live.env": "TAG=7\n",
  "other/data/kept": "",
};

test("further files are merged over the first one, and what docker compose takes beside them means the same", async () => {
  const folder = await folderWith(several);
  const at = (name: string) => join(folder, "stack", name);
  const { stack, findings } = await openStack(
    at("compose.yaml"),
    {},
    {
      moreFiles: [at("more.yaml")],
      name: "mine",
      profiles: ["debug"],
      envFiles: [at("live.env")],
      folder: join(folder, "other"),
    },
  );
  // Who names files says which ones count: that the override file does not is no remark.
  expect(findings).toEqual([]);
  expect(stack).toMatchObject({
    name: "mine",
    file: at("compose.yaml"),
    files: [at("compose.yaml"), at("more.yaml")],
    folder: join(folder, "other"),
    envFiles: [at("live.env")],
    services: [
      {
        name: "web",
        image: "nginx:7",
        ports: [{ hostPort: 80 }, { hostPort: 81 }],
        mounts: [{ source: join(folder, "other", "data") }],
      },
      { name: "debug" },
    ],
  });
});

test("a folder among the files stands for its file with its override file", async () => {
  const folder = await folderWith(several);
  const { stack } = await openStack(join(folder, "stack"), {}, { moreFiles: [join(folder, "stack", "more.yaml")] });
  const names = ["compose.yaml", "compose.override.yml", "more.yaml"];
  expect(stack?.files).toEqual(names.map((name) => join(folder, "stack", name)));
  expect(stack?.services).toMatchObject([{ image: "override", ports: [{ hostPort: 80 }, { hostPort: 81 }] }]);
});

test("a format that has no such files takes no more of them, nor an option that means nothing to it", async () => {
  const folder = await folderWith({ ...several, "run.sh": "docker run nginx\n" });
  const script = join(folder, "run.sh");
  const refused: [OpenOptions, string][] = [
    [{ moreFiles: [join(folder, "stack", "more.yaml")] }, "further files over it"],
    [{ profiles: ["a"] }, "profiles"],
    [{ envFiles: [join(folder, "stack", "live.env")] }, "files with variables"],
    [{ folder }, "another folder for its paths"],
  ];
  for (const [options, what] of refused) {
    await expect(openStack(script, {}, options)).rejects.toMatchObject({
      code: "bad-input",
      message: `A stack in the format docker-run takes no ${what}.`,
    });
  }
  expect((await openStack(script, {}, { name: "mine" })).stack?.name).toBe("mine");
});
