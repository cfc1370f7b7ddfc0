import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { local, serviceIn, told } from "./here.ts";

const gps = "  gps: {image: gps:1, devices: ['/dev/no-tty:/dev/ttyS1:rw']}\n  web: {image: web:1}\n";

describe("devices", () => {
  test("one that is not here and has no stand-in is refused before anything starts, with what to write", async () => {
    await expect(local(gps, "")).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/compose\.yaml:3:3: gps asks for \/dev\/no-tty, which is not on this machine\.$/),
      hint: expect.stringContaining("local: {devices: {/dev/no-tty: omit}}"),
    });
  });

  test("another node stands in, or none", async () => {
    const node = await local(gps, "local:\n  devices:\n    /dev/no-tty: /dev/null\n");
    expect(serviceIn(node, "gps").options.devices).toEqual([
      { source: "/dev/null", target: "/dev/ttyS1", permissions: "rw" },
    ]);
    expect(told(node.substitutions)).toEqual(["gps: /dev/no-tty is /dev/null :3"]);
    const none = await local(gps, "local: {devices: {/dev/no-tty: omit}}\n");
    expect(serviceIn(none, "gps").options.devices).toEqual([]);
    expect(told(none.substitutions)).toEqual(["gps: /dev/no-tty is left out :1"]);
  });

  test("a pseudo terminal is mounted, with a label that is new each time", async () => {
    const settings = "local:\n  devices:\n    /dev/no-tty: {serial: nmea.txt, every: 250ms}\n";
    const first = await local(gps, settings, { "nmea.txt": "$GP\n" });
    const { mounts, options, labels } = serviceIn(first, "gps");
    const [port] = first.plan.serial;
    expect(port).toEqual({
      node: "/dev/no-tty",
      link: join(first.plan.folder, "serial-0"),
      source: { from: "file", path: join(first.folder, "nmea.txt") },
      everyMs: 250,
    });
    expect(options.devices).toEqual([]);
    expect(mounts).toEqual([
      { kind: "bind", source: port?.link, target: "/dev/ttyS1", readOnly: false, tmpfsBytes: null },
    ]);
    expect(told(first.substitutions)).toEqual([
      "gps: /dev/no-tty is a pseudo terminal fed from nmea.txt, a line every 250 ms :3",
    ]);
    const second = await local(gps, settings, { "nmea.txt": "$GP\n" });
    expect(serviceIn(second, "gps").labels["io.bayplan.stand-ins"]).not.toBe(labels["io.bayplan.stand-ins"]);
  });

  test("a node that is mounted as a folder counts, too", async () => {
    const bind = "  gps: {image: gps:1, volumes: ['/dev/no-tty:/dev/ttyS1']}\n";
    await expect(local(bind, "")).rejects.toMatchObject({ code: "not-found" });
    const omitted = await local(bind, "local: {devices: {/dev/no-tty: omit}}");
    expect(serviceIn(omitted, "gps").mounts).toEqual([]);
  });

  test("a privileged service starts without it, and another node is mounted in its place", async () => {
    const privileged = "  gps: {image: gps:1, privileged: true, devices: ['/dev/no-tty:/dev/ttyS1']}\n";
    const bare = await local(privileged, "");
    expect(bare.findings).toMatchObject([{ rule: "local.device-missing", severity: "warning", place: { line: 3 } }]);
    const made = await local(privileged, "local: {devices: {/dev/no-tty: /dev/null}}");
    expect(made.findings).toEqual([]);
    expect(serviceIn(made, "gps").mounts).toMatchObject([{ kind: "bind", source: "/dev/null", target: "/dev/ttyS1" }]);
  });

  test("one that no service asks for is a warning at its place", async () => {
    const { findings } = await local("  a: {image: a:1}\n", "local:\n  devices: {/dev/other: omit}\n");
    expect(findings).toMatchObject([{ rule: "local.unused", severity: "warning", place: { line: 2, column: 13 } }]);
  });
});

describe("binds", () => {
  const bus = "  a: {image: a:1, volumes: ['/run/dbus/bus:/bus', '/run/other:/other']}\n";

  test("an entry counts for what is below it", async () => {
    const made = await local(bus, "local: {binds: {/run/dbus: ./fake}}", { "fake/bus": "" });
    expect(serviceIn(made, "a").mounts.map(({ source }) => source)).toEqual([
      join(made.folder, "fake/bus"),
      "/run/other",
    ]);
    expect(told(made.substitutions)).toEqual(["a: /run/dbus/bus is fake/bus :1"]);
  });

  test("the longest entry counts, and may leave the mount out", async () => {
    const made = await local(bus, "local: {binds: {/run/dbus: ./fake, /run/dbus/bus: omit}}");
    expect(serviceIn(made, "a").mounts.map(({ source }) => source)).toEqual(["/run/other"]);
  });

  test("a stand-in that is not there is refused", async () => {
    await expect(local(bus, "local:\n  binds:\n    /run/dbus: ./fake\n")).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/bayplan\.yaml:3:5: There is no .*fake\/bus to stand in for \/run\/dbus\.$/),
    });
  });
});

describe("services", () => {
  const stack =
    "  gps: {image: gps:1, command: [read], entrypoint: /x, environment: {A: '1'}, devices: [/dev/no-tty], healthcheck: {test: check}}\n" +
    "  web: {image: web:1, depends_on: {gps: {condition: service_healthy}}}\n";

  test("an image stands in for the service, its program, its hardware and its check", async () => {
    const made = await local(
      stack,
      "local:\n  services:\n    gps: {image: fake:1, command: 'play -x', environment: {B: 2}}\n",
    );
    expect(serviceIn(made, "gps")).toMatchObject({
      image: "fake:1",
      build: null,
      command: ["play", "-x"],
      entrypoint: null,
      healthcheck: null,
      environment: { A: "1", B: "2" },
    });
    expect(serviceIn(made, "web").dependsOn).toEqual([
      { service: "gps", condition: "service_started", restart: false },
    ]);
    expect(told(made.substitutions)).toEqual([
      "gps: the service is the image fake:1 :3",
      "web: the health of gps is not waited for :3",
      "gps: B is set by bayplan.yaml :3",
    ]);
  });

  test("a folder is built", async () => {
    const made = await local(stack, "local: {services: {gps: {image: ./fake}}}", { "fake/Dockerfile": "FROM x\n" });
    expect(serviceIn(made, "gps")).toMatchObject({ image: null, build: { context: join(made.folder, "fake") } });
    expect(told(made.substitutions)[0]).toBe("gps: the service is built from fake :1");
  });

  test("one is left out, and nobody waits for it", async () => {
    const made = await local(stack, "local: {services: {gps: {omit: true}}}");
    expect(made.stack.services.map(({ name }) => name)).toEqual(["web"]);
    expect(serviceIn(made, "web").dependsOn).toEqual([]);
  });

  test.each([
    ["local: {services: {gsp: {omit: true}}}", ":1:20: The stack has no service `gsp`.", "Did you mean `gps`?"],
    ["local: {services: {gps: {omit: true}, web: {omit: true}}}", "No service of the stack is left.", "Leave one in."],
  ])("%s is refused", async (settings, message, hint) => {
    await expect(local(stack, settings)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining(message),
      hint,
    });
  });

  test("one whose namespace another one shares cannot be left out", async () => {
    const shared = "  a: {image: a:1}\n  b: {image: b:1, network_mode: 'service:a'}\n";
    await expect(local(shared, "local: {services: {a: {omit: true}}}")).rejects.toMatchObject({ code: "bad-input" });
  });
});

test("variables: those of a service before those for all, those for all before the file's, and no value is told", async () => {
  const made = await local(
    "  a: {image: a:1, environment: {X: file, Y: file, Z: file}}\n  b: {image: b:1}\n",
    "local:\n  environment: {X: all, Y: all}\n  services:\n    a: {environment: {X: own}}\n",
  );
  expect(serviceIn(made, "a").environment).toEqual({ X: "own", Y: "all", Z: "file" });
  expect(serviceIn(made, "b").environment).toEqual({ X: "all", Y: "all" });
  expect(told(made.substitutions)).toEqual([
    "every service: Y is set by bayplan.yaml :2",
    "a: X is set by bayplan.yaml :4",
    "b: X is set by bayplan.yaml :2",
  ]);
});

test("without a bayplan.yaml a stack runs as it is written", async () => {
  const made = await local("  a: {image: a:1, environment: {A: b}}\n", "");
  expect([made.substitutions, made.findings, serviceIn(made, "a").labels]).toEqual([[], [], {}]);
});

test.each([
  ["local: {device: {}}", ":1:9: `local.device`: This key is not known here.", "Did you mean `devices`?"],
  [
    "local: {services: {a: {imag: x}}}",
    "`local.services.a.imag`: This key is not known here.",
    "Did you mean `image`?",
  ],
  [
    "local: {devices: {/dev/a: {serial: x, evry: 1s}}}",
    "`local.devices./dev/a.evry`: This key",
    "Did you mean `every`?",
  ],
  ["local: {devices: {/dev/a: {serial: x, every: soon}}}", ":1:39: `local.devices./dev/a.every`: A time from", ""],
  ["local: {devices: {/dev/a: {serial: 'udp://x:1'}}}", "A file is wanted, or tcp://HOST:PORT.", ""],
  ["local: {devices: {/dev/a: none}}", "This is no stand-in: write omit", ""],
  ["local: {devices: {tty: omit}}", "`local.devices.tty`: A path is wanted", ""],
  ["local: {binds: {run: omit}}", "`local.binds.run`: An absolute path is wanted", ""],
  ["local: {environment: {A: [1]}}", "`local.environment.A`: A text is wanted", ""],
  ["local: {services: {a: {omit: true, image: x}}}", "Write either `omit: true`", ""],
  ["local: {services: {a: {}}}", "Write either `omit: true`", ""],
])("%s is refused with its place and what was meant", async (settings, message, hint) => {
  await expect(local("  a: {image: a:1}\n", settings)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});
