import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containerFrom, inspectionFrom } from "../../../../src/main/engines/kanto/container-from-json.ts";
import { readDaemonConfig } from "../../../../src/main/engines/kanto/daemon-config.ts";
import { qualifiedImage } from "../../../../src/main/engines/kanto/image-name.ts";
import { kantoFailure, wordsOf } from "../../../../src/main/engines/kanto/kanto-errors.ts";
import { eventsBetween, type ListedRow, parseListTable } from "../../../../src/main/engines/kanto/list-table.ts";
import { KantoLogReader } from "../../../../src/main/engines/kanto/log-lines.ts";
import { logFileOf } from "../../../../src/main/engines/kanto/logs.ts";
import { parseSysinfo } from "../../../../src/main/engines/kanto/open-kanto.ts";
import { parseTraces } from "../../../../src/main/engines/kanto/open-script.ts";
import { parseContainer, parseGetAnswers } from "../../../../src/main/engines/kanto/read-containers.ts";
import { parseSize, sizeText } from "../../../../src/main/engines/kanto/sizes.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";

/** As `kanto-cm get` prints it: indented, nulls where Go has nothing, numbers for states, nanoseconds for the timeout. */
const influx = `{
	"container_id": "00000000-0000-0000-0000-000000000001",
	"container_name": "influxdb",
	"image": { "name": "docker.io/library/influxdb:1.8.4", "decrypt_config": null },
	"domain_name": "influxdb-domain",
	"mount_points": null,
	"host_config": {
		"devices": [],
		"network_mode": "bridge",
		"restart_policy": { "maximum_retry_count": 0, "retry_timeout": 30000000000, "type": "unless-stopped" },
		"port_mappings": [
			{ "proto": "tcp", "container_port": 80, "host_ip": "0.0.0.0", "host_port": 5000, "host_port_end": 6000 },
			{ "container_port": 53, "host_ip": "10.0.0.1", "host_port": 53, "host_port_end": 53, "proto": "udp" }
		],
		"log_config": { "driver_config": { "type": "json-file", "max_files": 2, "max_size": "100M", "root_dir": "" } },
		"resources": { "memory": "1.5G", "memory_reservation": "", "memory_swap": "-1" }
	},
	"state": {
		"pid": 4711, "started_at": "2026-01-02T03:04:05.678901234Z", "error": "", "exit_code": 0,
		"finished_at": "", "exited": false, "dead": false, "restarting": false, "paused": false, "running": true,
		"status": 2
	},
	"created": "2026-01-01T00:00:00Z", "restart_count": 2, "something_new": {"x": 1}
}
`;

/** Only what is allowed to be thrown: never anything but an AppError. */
function orRefusal<T>(act: () => T): T | AppError {
  try {
    return act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe("a container of Kanto", () => {
  it("is read with its ports, limits and times", () => {
    const container = parseContainer(influx, "Container");
    expect(containerFrom(container)).toEqual({
      id: "00000000-0000-0000-0000-000000000001",
      name: "influxdb",
      image: "docker.io/library/influxdb:1.8.4",
      state: "running",
      health: "none",
      exitCode: null,
      oomKilled: false,
      restarts: 2,
      createdAtMs: Date.UTC(2026, 0, 1),
      startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      finishedAtMs: null,
      ports: [
        { containerPort: 80, hostPort: null, hostAddress: null, protocol: "tcp" },
        { containerPort: 53, hostPort: 53, hostAddress: "10.0.0.1", protocol: "udp" },
      ],
      stack: null,
      service: null,
      memoryLimitBytes: 1.5 * 1024 ** 3,
      cpuLimitCores: null,
    });
    expect(inspectionFrom(container)).toMatchObject({ running: true, pid: 4711, labels: {} });
    expect(logFileOf(container, "/var/lib/container-management/containers")).toBe(
      "/var/lib/container-management/containers/00000000-0000-0000-0000-000000000001/json.log",
    );
  });

  it.each([
    [0, "created"],
    [1, "created"],
    [2, "running"],
    [3, "exited"],
    [4, "paused"],
    [5, "exited"],
    [6, "dead"],
    [7, "unknown"],
    [99, "unknown"],
  ])("with the status %i is %s", (status, state) => {
    const value: unknown = JSON.parse(influx.replace('"status": 2', `"status": ${status}`));
    expect(containerFrom(parseContainer(JSON.stringify(value), "x")).state).toBe(state);
  });

  it("without what it must have is refused, with the place", () => {
    expect(() => parseContainer(influx.replace("container_id", "id"), "Container x")).toThrow("container_id");
    expect(() => parseContainer(influx.replace('"status": 2', '"status": "Running"'), "Container x")).toThrow("status");
    expect(() => parseContainer(influx.slice(0, 500), "Container x")).toThrow(
      "Container x: Kanto's answer cannot be read",
    );
  });

  it("never fails but as an AppError, whatever is printed", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.nat(influx.length).map((at) => influx.slice(0, at)),
        ),
        (text) => {
          const result = orRefusal(() => containerFrom(parseContainer(text, "x")));
          expect(result instanceof AppError || typeof result.id === "string").toBe(true);
        },
      ),
    );
  });
});

describe("the list script's answer", () => {
  const mark = "bayplan-00";

  it("is taken apart, and what stands in a container cannot pass for the mark of another call", () => {
    const output = `noise\n${mark} ids\n${mark} get a\n{\n}\n\n${mark} end 0\n${mark} get b\n\n${mark} end 1\n${mark} done\n`;
    expect(parseGetAnswers(output, mark)).toEqual([
      { id: "a", text: "{\n}\n", exitCode: 0 },
      { id: "b", text: "", exitCode: 1 },
    ]);
    expect(parseGetAnswers(`${mark} ids\n${mark} done\n`, mark)).toEqual([]);
  });

  it.each([
    ["", "cut"],
    [`${mark} ids\n`, "cut"],
    [`${mark} ids\n${mark} get a\n{}\n`, "cut"],
    [`${mark} ids\n${mark} odd\n${mark} done\n`, "an id that is none"],
    [`${mark} done\n`, "out of order"],
    [`${mark} ids\n${mark} end 0\n${mark} done\n`, "out of order"],
  ])("%j is refused", (output, words) => {
    expect(() => parseGetAnswers(output, mark)).toThrow(words);
  });

  it("never fails but as an AppError", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("ids", "get a", "end 0", "done", "odd").map((word) => `${mark} ${word}`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        orRefusal(() => parseGetAnswers(lines.join("\n"), mark));
      }),
    );
  });
});

describe("kanto-cm's table", () => {
  /** From the golden files: blanks and tabs fill the cells, `|` sets them apart, also behind the last. */
  const table = `
ID                                      |Name                                   |Image                                                          |Status         |Finished At                     |Exit Code     |
-------------------------------------   |-------------------------------------  |------------------------------------------------------------   |----------     |------------------------------  |----------    |
7a9d8a5c-0d3e-4a1e-9f3b-111111111111\t|stopped\t|docker.io/library/influxdb:1.8.4\t|Stopped\t|2021-02-05T12:06:18.123456789Z  |137             |
7a9d8a5c-0d3e-4a1e-9f3b-222222222222    |running                     |docker.io/library/influxdb:1.8.4                               |Running        |                                |0             |

`;

  it("is read", () => {
    expect(parseListTable(table)).toEqual([
      {
        id: "7a9d8a5c-0d3e-4a1e-9f3b-111111111111",
        name: "stopped",
        image: "docker.io/library/influxdb:1.8.4",
        status: "Stopped",
        finishedAt: "2021-02-05T12:06:18.123456789Z",
        exitCode: 137,
      },
      expect.objectContaining({ name: "running", status: "Running", finishedAt: "", exitCode: 0 }),
    ]);
    expect(parseListTable("No containers found.\n")).toEqual([]);
    expect(parseListTable("No found containers.\n")).toEqual([]);
  });

  it.each(["<html>", "ID|Name", table.replace("|137", "|x"), table.replace("|Running", "|Running|more|and|more")])(
    "%j is refused",
    (text) => {
      expect(() => parseListTable(text)).toThrow("cannot be read");
    },
  );

  it("never fails but as an AppError", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat(table.length).map((at) => table.slice(0, at)),
        ),
        (text) => {
          orRefusal(() => parseListTable(text));
        },
      ),
    );
  });

  const row = (id: string, status: string, values: Partial<ListedRow> = {}): ListedRow => {
    return { id, name: id, image: "i", status, finishedAt: "", exitCode: 0, ...values };
  };
  const told = (before: ListedRow[], after: ListedRow[]): string[] =>
    eventsBetween(before, after, 1).map(({ containerId, action }) => `${containerId} ${action}`);

  it("shows by its differences what has happened", () => {
    expect(told([], [row("a", "Created")])).toEqual(["a create"]);
    expect(told([], [row("a", "Running")])).toEqual(["a create", "a start"]);
    expect(told([row("a", "Created")], [row("a", "Running")])).toEqual(["a start"]);
    expect(told([row("a", "Running")], [row("a", "Paused")])).toEqual(["a pause"]);
    expect(told([row("a", "Paused")], [row("a", "Running")])).toEqual(["a unpause"]);
    expect(told([row("a", "Running")], [row("a", "Exited", { exitCode: 3 })])).toEqual(["a die"]);
    expect(told([row("a", "Running")], [])).toEqual(["a die", "a destroy"]);
    expect(told([row("a", "Stopped")], [])).toEqual(["a destroy"]);
    // It was down and is up again: the time of its last end tells.
    expect(told([row("a", "Running")], [row("a", "Running", { finishedAt: "t" })])).toEqual(["a die", "a start"]);
    expect(told([row("a", "Running")], [row("a", "Running")])).toEqual([]);
    expect(eventsBetween([row("a", "Running")], [row("a", "Exited", { exitCode: 3 })], 5)[0]).toMatchObject({
      exitCode: 3,
      atMs: 5,
    });
  });
});

describe("sizes", () => {
  it.each([
    ["200M", 200 * 1024 ** 2],
    ["1.5g", 1.5 * 1024 ** 3],
    ["3 m", 3 * 1024 ** 2],
    ["976.5625k", 1_000_000],
    ["", null],
    ["200", null],
    ["200MB", null],
    ["-1", null],
    ["1e3k", null],
  ])("%s is %s bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it("come back to the byte", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3 * 1024 ** 2, max: 2 ** 42 }), (bytes) => {
        expect(parseSize(sizeText(bytes))).toBe(bytes);
      }),
    );
    expect(sizeText(64 * 1024 ** 2)).toBe("64m");
  });
});

describe("image references", () => {
  it.each([
    ["redis", "docker.io/library/redis:latest"],
    ["redis:7-alpine", "docker.io/library/redis:7-alpine"],
    ["grafana/grafana", "docker.io/grafana/grafana:latest"],
    ["ghcr.io/x/y:1", "ghcr.io/x/y:1"],
    ["localhost/x", "localhost/x:latest"],
    ["host:5000/x", "host:5000/x:latest"],
    ["host:5000/x:2", "host:5000/x:2"],
    ["redis@sha256:ab", "docker.io/library/redis@sha256:ab"],
  ])("%s is %s", (given, full) => {
    expect(qualifiedImage(given)).toBe(full);
    expect(qualifiedImage(full)).toBe(full);
  });

  it.each(["", "-f", "a b", "a//b", "/a", "a:", "$(x)"])("%j is none", (given) => {
    expect(() => qualifiedImage(given)).toThrow("no image reference");
  });
});

describe("a log", () => {
  const entry = (text: string): string =>
    `${JSON.stringify({ stream: "stdout", log: text, time: "2026-01-02T03:04:05.1Z" })}\n`;

  it("is the same however it is cut", () => {
    const log = Buffer.from(["a\n", "b ü", "", 'c "x"\r\n'].map(entry).join(""));
    fc.assert(
      fc.property(fc.array(fc.nat(log.length), { maxLength: 10 }), (cuts) => {
        const reader = new KantoLogReader("id", 0);
        const lines = [];
        let from = 0;
        for (const at of [...cuts.sort((a, b) => a - b), log.length]) {
          lines.push(...reader.take(log.subarray(from, at)));
          from = at;
        }
        lines.push(...reader.end());
        expect(lines.map(({ text }) => text)).toEqual(["a", "b ü", "", 'c "x"']);
        expect(lines[0]?.atMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 100));
      }),
    );
  });

  it("shows what is no entry as it stands, at the time of the line before", () => {
    const reader = new KantoLogReader("id", 7);
    const lines = reader.take(Buffer.from(`{"stream":\n${entry("x")}[1]\nnull\n{"time":5}\n`));
    expect(lines.map(({ text, atMs }) => [text, atMs])).toEqual([
      ['{"stream":', 7],
      ["x", Date.UTC(2026, 0, 2, 3, 4, 5, 100)],
      ["[1]", Date.UTC(2026, 0, 2, 3, 4, 5, 100)],
      ["null", Date.UTC(2026, 0, 2, 3, 4, 5, 100)],
      ['{"time":5}', Date.UTC(2026, 0, 2, 3, 4, 5, 100)],
    ]);
  });

  it("keeps a line without end within bounds, and never fails", () => {
    const reader = new KantoLogReader("id", 0);
    const lines = [];
    for (let n = 0; n < 40; n += 1) lines.push(...reader.take(Buffer.alloc(64 * 1024, "x")));
    expect(lines.length).toBeGreaterThan(15);
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(64 * 1024);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const one = new KantoLogReader("id", 0);
        one.take(Buffer.from(bytes));
        one.end();
      }),
    );
  });
});

describe("small answers", () => {
  it("sysinfo tells the versions", () => {
    expect(parseSysinfo("Engine v1.0.0-M3, API v1.0.0, (build 1 2) \nCLI v2, API v2, (build 1 2) \n")).toEqual({
      version: "1.0.0-M3",
      apiVersion: "1.0.0",
    });
    expect(() => parseSysinfo("CLI v1, API v1")).toThrow("cannot be read");
  });

  it("the traces of Kanto are read, or refused when they are cut", () => {
    const whole = `kanto 1\ncm /usr/bin/kanto-cm\nsocket denied /run/c.sock\narch armv7l\ncpus 4\nmemory MemTotal:  1000 kB\ncgroup 2\nconfig {"a b": 1}\nend 1\n`;
    expect(parseTraces(whole)).toEqual({
      path: "/usr/bin/kanto-cm",
      socket: { path: "/run/c.sock", canOpen: false },
      arch: "armv7l",
      cpus: 4,
      memoryBytes: 1_024_000,
      cgroupVersion: 2,
      config: '{"a b": 1}',
    });
    expect(parseTraces(whole.replace("cm /usr/bin/kanto-cm\n", "").replace(/socket.*\n/, ""))).toMatchObject({
      path: null,
      socket: null,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat(whole.length - 7).map((at) => whole.slice(0, at)),
        ),
        (text) => {
          expect(orRefusal(() => parseTraces(text))).toBeInstanceOf(AppError);
        },
      ),
    );
  });

  it("the daemon's configuration names its folder and its broker, and its defaults hold where it is silent", () => {
    const defaults = { homeFolder: "/var/lib/container-management", broker: { host: "127.0.0.1", port: 1883 } };
    for (const text of [null, "", "{", "[]", "{}"]) expect(readDaemonConfig(text)).toEqual(defaults);
    expect(
      readDaemonConfig(
        '{"manager":{"home_dir":"/data/cm/"},"things":{"connection":{"broker_url":"tcp://10.0.0.2:1884"}}}',
      ),
    ).toEqual({
      homeFolder: "/data/cm",
      broker: { host: "10.0.0.2", port: 1884 },
    });
    expect(readDaemonConfig('{"things":{"broker_url":"tcp://localhost:1883"}}').broker?.host).toBe("127.0.0.1");
    expect(readDaemonConfig('{"things":{"connection":{"broker_url":"ssl://x:8883"}}}').broker).toBeNull();
    expect(readDaemonConfig('{"things":{"enable":false}}').broker).toBeNull();
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readDaemonConfig(text).homeFolder).toMatch(/^\//);
      }),
    );
  });

  const target = { user: "pi", host: "10.0.0.7", port: 22 };

  it.each([
    [1, "Error: The requested container with ID = x was not found.", "not-found"],
    [1, "Error: rpc error: code = Unavailable desc = connection error: connect: connection refused", "no-engine"],
    [1, "Error: context deadline exceeded", "no-engine"],
    [
      1,
      "Error: rpc error: code = Unavailable desc = dial unix /run/x.sock: connect: permission denied",
      "engine-denied",
    ],
    [1, "sudo: a password is required", "engine-denied"],
    [127, "exec: sudo: not found", "engine-denied"],
    [127, "sh: kanto-cm: not found", "no-engine"],
    [1, "Error: unknown shorthand flag: 'q' in -q\nUsage:", "unsupported"],
    [1, "Error: rpc error: code = Unknown desc = container with name = x already exists", "conflict"],
    [1, "Error: minimum memory allowed is 3M", "engine-failed"],
    [1, "", "engine-failed"],
  ])("an exit with %i and %j is %s", (exitCode, stderr, code) => {
    expect(kantoFailure("Container x", exitCode, stderr, target).code).toBe(code);
  });

  it("its words hold nothing that could steer a terminal, and are not endless", () => {
    expect(wordsOf("Error: a\u001b[31mb\u0007")).toBe("a[31mb");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 700 }), (text) => {
        expect(wordsOf(text)).toMatch(/^\P{Cc}{0,500}$/u);
      }),
    );
  });
});
