import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { exportStack, openStack, requireStack } from "../../../../src/main/stacks/index.ts";
import { type ExportFormat, type Stack, stackSelection } from "../../../../src/shared/domain/index.ts";
import { DaemonState } from "../../../lab/kanto/daemon-state.mjs";
import { folderWith } from "../compose/stack-folder.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
/** Any sign that a value may have in one line, among them those that a format might take for its own. */
const value = fc.oneof(
  word,
  fc.string({
    unit: fc.constantFrom("a", "$", "{", "}", "'", '"', "\\", "#", " ", "=", ":", "%", "é", "<", ",", "-"),
    maxLength: 10,
  }),
);
const path = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
const mebibytes = fc.integer({ min: 8, max: 4_096 });

/** What both a compose file and Kanto can say of a service. */
const shared = fc.record(
  {
    image: fc.tuple(word, word).map(([name, tag]) => `docker.io/library/${name}:${tag}`),
    command: fc.array(value, { minLength: 1, maxLength: 3 }),
    environment: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/), value, { maxKeys: 3 }),
    hostname: word,
    restart: fc.constantFrom("no", "always", "unless-stopped", "on-failure", "on-failure:4"),
    mem_limit: mebibytes.map((size) => `${size}m`),
    mem_reservation: fc.constantFrom("4m", "6291457", "7k"),
    ports: fc.uniqueArray(
      fc.record({
        target: fc.integer({ min: 1, max: 65_535 }),
        host: fc.constantFrom("", "127.0.0.1:"),
        protocol: fc.constantFrom("tcp", "udp"),
      }),
      { maxLength: 3, selector: ({ target }) => target },
    ),
    volumes: fc.uniqueArray(fc.tuple(path, path), { maxLength: 2, selector: ([, target]) => target }),
    privileged: fc.constant(true),
    tty: fc.constant(true),
    cap_add: fc.uniqueArray(fc.constantFrom("NET_ADMIN", "SYS_TIME"), { minLength: 1 }),
    devices: fc.uniqueArray(fc.constantFrom("/dev/ttyS0:/dev/ttyS0:rw", "/dev/i2c-1:/dev/i2c:rwm"), { minLength: 1 }),
    logging: fc.constantFrom(
      { driver: "none" },
      { driver: "json-file", options: { "max-file": "3", "max-size": "10m" } },
      { driver: "json-file" },
    ),
    extra_hosts: fc.constantFrom(["gw:10.0.0.1"], ["host:host-gateway", "b:10.0.0.2"]),
  },
  { requiredKeys: ["image"] },
);

/** What only Compose can say. */
const composeOnly = fc.record(
  {
    entrypoint: fc.array(value, { minLength: 1, maxLength: 2 }),
    user: fc.constantFrom("1000:1000", "app"),
    working_dir: path,
    labels: fc.dictionary(word, value, { maxKeys: 2 }),
    cpus: fc.constantFrom(0.5, 1.25, 3),
    pids_limit: fc.integer({ min: 1, max: 500 }),
    init: fc.constant(true),
    read_only: fc.constant(true),
    stop_grace_period: fc.constantFrom("1m30s", "500ms"),
    stop_signal: fc.constant("SIGINT"),
    healthcheck: fc.constantFrom({ test: ["CMD", "true"], interval: "5s", retries: 3 }, { test: "curl -f $$HOST" }),
    tmpfs: fc.constantFrom(["/run"], ["/t:size=1m,ro"]),
    networks: fc.constantFrom(["front"], ["front", "back"]),
  },
  { requiredKeys: [] },
);

type Written = Record<string, unknown>;

/** Dollars are doubled, ports of different services kept apart. */
function composeText(services: readonly Written[]): string {
  const named = services.map((service, index) => {
    const { ports, volumes, ...rest } = service;
    const shifted = (Array.isArray(ports) ? ports : []).map(
      ({ target, host, protocol }) => `${host}${20_000 + index * 1_000 + (target % 1_000)}:${target}/${protocol}`,
    );
    const binds = (Array.isArray(volumes) ? volumes : []).map(([source, target]) => ({
      type: "bind",
      source,
      target,
      // Kanto has no word for a path that must be there.
      bind: { create_host_path: true },
    }));
    return [`s${index}`, doubled({ ...rest, ports: [...new Set(shifted)], volumes: binds })] as const;
  });
  return stringify({
    name: "trip",
    services: Object.fromEntries(named),
    networks: { front: null, back: { internal: true } },
  });
}

function doubled(item: unknown): unknown {
  if (typeof item === "string") return item.replaceAll("$", "$$$$");
  if (Array.isArray(item)) return item.map(doubled);
  if (typeof item !== "object" || item === null) return item;
  return Object.fromEntries(Object.entries(item).map(([key, below]) => [key, doubled(below)]));
}

/** A stack without where it was read, and without networks that nobody joins: they are not printed. */
function meaning(stack: Stack): unknown {
  const services = stack.services
    .map(({ place: _place, ...service }) => service)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const used = new Set(services.flatMap(({ networks }) => networks.map(({ name }) => name)));
  const networks = stack.networks.filter(({ name }) => used.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { name: stack.name, services, networks, volumes: stack.volumes };
}

async function there(services: readonly Written[]): Promise<{ folder: string; file: string; stack: Stack }> {
  const folder = await folderWith({ "compose.yaml": composeText(services) });
  const file = join(folder, "compose.yaml");
  return { folder, file, stack: requireStack(await openStack(file, {})) };
}

test("to Compose and back a stack means the same, and printing it again says the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(shared, composeOnly).map(([a, b]) => ({ ...a, ...b })),
        { minLength: 1, maxLength: 3 },
      ),
      async (services) => {
        const { folder, file, stack } = await there(services);
        const { files, lost } = await exportStack({ ...stackSelection(file), to: "compose" }, {});
        expect(lost).toEqual([]);
        const back = join(folder, "back.yaml");
        await writeFile(back, files[0]?.text ?? "");
        const again = requireStack(await openStack(back, {}));
        expect(meaning(again)).toEqual(meaning(stack));
        const twice = await exportStack({ ...stackSelection(back), to: "compose" }, {});
        expect(parse(twice.files[0]?.text ?? "")).toEqual(parse(files[0]?.text ?? ""));
      },
    ),
    { numRuns: 40 },
  );
});

/** Kanto takes no privileged container with rights of its own, and no memory reservation above the limit. */
const forKanto = shared.filter(
  ({ privileged, cap_add, devices }) => privileged === undefined || (cap_add === undefined && devices === undefined),
);

/** Logs in a file without a word on rotation are rotated as Kanto does by itself, and that is written out. */
function asKantoRotates(stack: Stack): Stack {
  const services = stack.services.map((service) => {
    const { logging } = service.options;
    if (logging?.driver !== "json-file" || Object.keys(logging.options).length > 0) return service;
    const rotated = { driver: "json-file", options: { "max-file": "2", "max-size": "100m" } };
    return { ...service, options: { ...service.options, logging: rotated } };
  });
  return { ...stack, services };
}

test.each<ExportFormat>(["kanto", "kanto-ditto"])("to %s and back nothing is lost of what it can say", async (to) => {
  await fc.assert(
    fc.asyncProperty(fc.array(forKanto, { minLength: 1, maxLength: 3 }), async (services) => {
      const { file, stack } = await there(services);
      const { files, lost } = await exportStack({ ...stackSelection(file), to }, {});
      expect(lost).toEqual([]);
      expect(files).toHaveLength(stack.services.length);
      const folder = await folderWith(Object.fromEntries(files.map(({ name, text }) => [name, text])));
      if (to === "kanto") {
        const daemon = new DaemonState(await folderWith({}));
        for (const { text } of files) expect(() => daemon.create(JSON.parse(text))).not.toThrow();
      }
      const opened = await openStack(folder, {});
      expect(opened.format).toBe("kanto");
      expect(meaning({ ...requireStack(opened), name: stack.name })).toEqual(meaning(asKantoRotates(stack)));
      // What the runner does not apply survives, too: written again, it is the same.
      expect((await exportStack({ ...stackSelection(folder), to }, {})).files).toEqual(files);
    }),
    { numRuns: 40 },
  );
});

test("what Kanto cannot say is listed, each once and with its place", async () => {
  const folder = await folderWith({
    "compose.yaml": `services:
  web:
    image: nginx
    entrypoint: [a]
    cpus: 0.5
    user: app
    depends_on: [db]
    networks: [front]
    healthcheck: {test: ["CMD", "true"]}
    labels: {a: b}
    volumes:
      - data:/data
      - ./here:/there:ro
    tmpfs: [/run]
    ports: ["80", "81:81/sctp"]
    mem_limit: 2m
    environment: {"a.b": c}
    logging: {driver: json-file, options: {max-size: 10m, compress: "true"}}
  db:
    image: db:1
    deploy: {resources: {limits: {pids: 5}}}
    network_mode: host
    ports: ["5:5"]
networks: {front: {}}
volumes: {data: {}}
`,
  });
  const { files, lost } = await exportStack({ ...stackSelection(folder), to: "kanto" }, {});
  expect(lost.map(({ message, place }) => `${place?.line} ${message.split(" is lost")[0]}`).sort()).toEqual(
    [
      "4 `entrypoint` of `web`",
      "5 `cpus` of `web`",
      "6 `user` of `web`",
      "7 `depends_on` of `web`",
      "8 `networks` of `web`",
      "9 `healthcheck` of `web`",
      "10 `labels` of `web`",
      "11 `read_only` at /there of `web`",
      "11 the volume at /data of `web`",
      "14 `tmpfs` of `web`",
      "15 the port 80/tcp of `web`",
      "15 the port 81/sctp of `web`",
      "16 the limit of memory of `web`",
      "17 the variable a.b of `web`",
      "18 the log option compress of `web`",
      "21 the limit of pids of `db`",
      "23 `ports` of `db`",
    ].sort(),
  );
  expect(files.map(({ name }) => name)).toEqual(["web.json", "db.json"]);
  expect(JSON.parse(files[0]?.text ?? "")).toMatchObject({ image: { name: "docker.io/library/nginx:latest" } });
});

test("a service that is only built has no image that Kanto could pull", async () => {
  const folder = await folderWith({ "compose.yaml": "services:\n  a:\n    build: .\n" });
  await expect(exportStack({ ...stackSelection(folder), to: "kanto" }, {})).rejects.toMatchObject({
    code: "bad-input",
    hint: expect.stringContaining("registry"),
  });
});

test("a file that cannot be read is refused with its place", async () => {
  const folder = await folderWith({ "run.sh": "docker run --nope a" });
  await expect(exportStack({ ...stackSelection(join(folder, "run.sh")), to: "compose" }, {})).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/run\.sh:1:12: /),
  });
});

test("commands become a compose file: rights and devices that a run leaves out are in it", async () => {
  const folder = await folderWith({
    "run.sh": "docker run --name a --privileged --device /dev/x --network host -v v:/v a:1 'echo $X'",
  });
  const { files } = await exportStack({ ...stackSelection(join(folder, "run.sh")), to: "compose" }, {});
  const text = files[0]?.text ?? "";
  for (const part of [
    "privileged: true",
    "source: /dev/x",
    "network_mode: host",
    "echo $$X",
    'restart: "no"',
    "source: v",
  ])
    expect(text).toContain(part);
});
