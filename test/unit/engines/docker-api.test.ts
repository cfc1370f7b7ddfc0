import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { negotiateApiVersion } from "../../../src/main/engines/docker-api/api-version.ts";
import { refusalError } from "../../../src/main/engines/docker-api/engine-errors.ts";
import { splitReference } from "../../../src/main/engines/docker-api/image-reference.ts";
import { mapBounded } from "../../../src/main/engines/docker-api/map-bounded.ts";
import { portsFrom } from "../../../src/main/engines/docker-api/ports.ts";
import { type Engine, openEngine } from "../../../src/main/engines/index.ts";
import { AppError } from "../../../src/shared/domain/index.ts";

type Handler = (request: IncomingMessage, answer: ServerResponse) => void;

const version = {
  Version: "27.5.1",
  ApiVersion: "1.47",
  MinAPIVersion: "1.24",
  Os: "linux",
  Arch: "arm",
  Components: [],
};
const info = {
  Architecture: "armv7l",
  InitBinary: "balena-engine-init",
  CgroupDriver: "systemd",
  CgroupVersion: "2",
  NCPU: 4,
  MemTotal: 1e9,
  DockerRootDir: "/var/lib/docker",
};

let folder: string;
let server: Server;
/** What the engine was asked, as `METHOD path`, without versions and queries. */
let asked: string[];
let routes: Record<string, Handler>;

function json(value: unknown, status = 200): Handler {
  return (_request, answer) => {
    answer.writeHead(status, { "Content-Type": "application/json" });
    answer.end(JSON.stringify(value));
  };
}

async function open(): Promise<Engine> {
  return openEngine({ socketPath: join(folder, "engine.sock") });
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it worked"),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-fake-engine-"));
  asked = [];
  routes = { "GET /version": json(version), "GET /info": json(info) };
  server = createServer((request, answer) => {
    const path = (request.url ?? "").replace(/\?.*$/, "").replace(/^\/v\d+\.\d+/, "");
    asked.push(`${request.method} ${path}`);
    const handler = routes[`${request.method} ${path}`] ?? json({ message: `no such thing: ${path}` }, 404);
    request.resume();
    handler(request, answer);
  });
  await new Promise<void>((resolve) => server.listen(join(folder, "engine.sock"), resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

describe("an engine", () => {
  it("is known by what it says of itself", async () => {
    const engine = await open();
    expect(await engine.info()).toEqual({
      kind: "balena-engine",
      version: "27.5.1",
      apiVersion: "1.47",
      socket: join(folder, "engine.sock"),
      platform: "linux/arm/v7",
      cgroupVersion: 2,
      cgroupDriver: "systemd",
      cpus: 4,
      memoryBytes: 1e9,
      rootFolder: "/var/lib/docker",
      foundBy: null,
      capabilities: { unsupported: {} },
    });
    engine.close();
  });

  it("that answers half and then dies is an error, and nobody waits for the rest", async () => {
    routes["GET /info"] = (_request, answer) => {
      answer.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
      answer.write('{"Architecture":');
      setTimeout(() => answer.destroy(), 20);
    };
    expect((await failureOf(open())).code).toBe("no-engine");
  });

  it("that answers what is not the Docker API is an error with the place in its answer", async () => {
    routes["GET /info"] = json({ ...info, NCPU: "four" });
    const error = await failureOf(open());
    expect(error.code).toBe("engine-failed");
    expect(error.message).toContain("NCPU");
    routes["GET /info"] = (_request, answer) => answer.end("<html>");
    expect((await failureOf(open())).code).toBe("engine-failed");
  });

  it("is asked once for the ids of what runs, however many there are", async () => {
    const listed = (id: string) => ({ Id: id, Names: [`/${id}`], State: "running", Labels: null, Ports: null });
    routes["GET /containers/json"] = json([listed("a"), listed("b"), listed("c")]);
    const engine = await open();
    asked = [];
    expect(await engine.runningIds()).toEqual(["a", "b", "c"]);
    expect(asked).toEqual(["GET /containers/json"]);
    engine.close();
  });

  it("leaves out a container that goes while the list is made, and fails on any other trouble", async () => {
    const listed = (id: string) => ({ Id: id, Names: [`/${id}`], State: "running", Labels: null, Ports: null });
    const inspected = {
      Id: "a",
      Name: "/a",
      Created: "2026-01-01T00:00:00Z",
      State: {
        Status: "configured",
        Running: false,
        ExitCode: 0,
        StartedAt: "0001-01-01T00:00:00Z",
        FinishedAt: "0001-01-01T00:00:00Z",
      },
      Config: { Image: "i", Labels: null },
      HostConfig: {},
    };
    routes["GET /containers/json"] = json([listed("a"), listed("gone")]);
    routes["GET /containers/a/json"] = json(inspected);
    const engine = await open();
    expect(await engine.listContainers()).toMatchObject([
      { id: "a", name: "a", state: "created", exitCode: null, startedAtMs: null, stack: null, memoryLimitBytes: null },
    ]);
    routes["GET /containers/gone/json"] = json({ message: "disk full" }, 500);
    const error = await failureOf(engine.listContainers());
    expect([error.code, error.message.includes("disk full")]).toEqual(["engine-failed", true]);
    engine.close();
  });

  it("has a container removed again that could not join its second network", async () => {
    routes["POST /containers/create"] = json({ Id: "c1" }, 201);
    routes["POST /networks/two/connect"] = json({ message: "no addresses left" }, 500);
    routes["DELETE /containers/c1"] = (_request, answer) => answer.writeHead(204).end();
    const engine = await open();
    const none = { aliases: [] };
    const { EngineBench } = await import("../../integration/engines-fixture.ts");
    const spec = new EngineBench(engine).spec("x", ["true"], {
      networks: [
        { name: "one", ...none },
        { name: "two", ...none },
      ],
    });
    expect((await failureOf(engine.createContainer(spec))).message).toContain("no addresses left");
    expect(asked.slice(2)).toEqual(["POST /containers/create", "POST /networks/two/connect", "DELETE /containers/c1"]);
    engine.close();
  });

  it("whose events stop has gone away; an abort ends them quietly", async () => {
    routes["GET /events"] = (_request, answer) => {
      answer.write(
        '{"Type":"container","Action":"health_status: healthy","Actor":{"ID":"a","Attributes":{"x":"y"}},"time":1}\n',
      );
      answer.write('{"Type":"container","Action":"exec_start: ls","Actor":{"ID":"a","Attributes":{}},"time":2}\n');
      setTimeout(() => answer.end(), 30);
    };
    const engine = await open();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of engine.events(new AbortController().signal))
        seen.push(`${event.action} ${event.health}`);
    })();
    expect((await failureOf(reading)).code).toBe("no-engine");
    expect(seen).toEqual(["health healthy"]);
    routes["GET /events"] = (_request, answer) => answer.flushHeaders();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    for await (const event of engine.events(abort.signal)) expect(event).toBeNull();
    engine.close();
  });

  it("reports a pull's progress, and the error that comes in the middle of it", async () => {
    const lines = [
      { status: "Pulling from library/x", id: "1" },
      { status: "Pulling fs layer", id: "aa" },
      { status: "Downloading", id: "aa", progressDetail: { current: 1_000_000, total: 4_000_000 } },
      { status: "Download complete", id: "aa" },
      { errorDetail: { message: "toomanyrequests: slow down" }, error: "toomanyrequests: slow down" },
    ];
    routes["POST /images/create"] = (_request, answer) => {
      answer.end(lines.map((line) => `${JSON.stringify(line)}\r\n`).join(""));
    };
    const engine = await open();
    const said: string[] = [];
    const error = await failureOf(engine.pullImage("x:1", (text) => said.push(text), new AbortController().signal));
    expect(error.message).toBe("Image x:1 does not exist here and could not be pulled: toomanyrequests: slow down.");
    expect(said).toEqual([
      "1: Pulling from library/x",
      "aa: Pulling fs layer",
      "Downloading: 1.0 of 4.0 MB",
      "aa: Download complete",
    ]);
    routes["POST /images/create"] = (_request, answer) => answer.flushHeaders();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect((await failureOf(engine.pullImage("x:1", () => undefined, abort.signal))).code).toBe("cancelled");
    engine.close();
  });
});

describe("the API version", () => {
  const answer = (ApiVersion: string, MinAPIVersion?: string) => ({
    Version: "1",
    ApiVersion,
    ...(MinAPIVersion === undefined ? {} : { MinAPIVersion }),
  });

  it("is the engine's own, but none newer than is known", () => {
    expect(negotiateApiVersion(answer("1.41", "1.12"))).toBe("1.41");
    expect(negotiateApiVersion(answer("1.52", "1.44"))).toBe("1.47");
    expect(negotiateApiVersion(answer("1.41"))).toBe("1.41");
    expect(negotiateApiVersion(answer("1.41", "4.0.0"))).toBe("1.41");
  });

  it("is refused when there is none that both speak", () => {
    expect(() => negotiateApiVersion(answer("1.60", "1.50"))).toThrow("newer APIs");
    expect(() => negotiateApiVersion(answer("1.20", "1.12"))).toThrow("too old");
    expect(() => negotiateApiVersion(answer("latest"))).toThrow("none");
  });
});

describe("small parts", () => {
  it("ports are listed once for both families, sorted", () => {
    expect(
      portsFrom([
        { IP: "::", PrivatePort: 443, PublicPort: 8443, Type: "tcp" },
        { IP: "0.0.0.0", PrivatePort: 443, PublicPort: 8443, Type: "tcp" },
        { IP: "127.0.0.1", PrivatePort: 443, PublicPort: 9443, Type: "tcp" },
        { PrivatePort: 53, Type: "udp" },
        { PrivatePort: 1, Type: "raw" },
      ]),
    ).toEqual([
      { containerPort: 53, hostPort: null, hostAddress: null, protocol: "udp" },
      { containerPort: 443, hostPort: 8443, hostAddress: null, protocol: "tcp" },
      { containerPort: 443, hostPort: 9443, hostAddress: "127.0.0.1", protocol: "tcp" },
    ]);
  });

  it("a port that has another number over IPv6 is two, the one of IPv4 first", () => {
    expect(
      portsFrom([
        { IP: "::", PrivatePort: 8080, PublicPort: 32781, Type: "tcp" },
        { IP: "0.0.0.0", PrivatePort: 8080, PublicPort: 32784, Type: "tcp" },
      ]),
    ).toEqual([
      { containerPort: 8080, hostPort: 32784, hostAddress: null, protocol: "tcp" },
      { containerPort: 8080, hostPort: 32781, hostAddress: "::", protocol: "tcp" },
    ]);
    expect(portsFrom([{ IP: "::", PrivatePort: 80, PublicPort: 80, Type: "tcp" }])).toEqual([
      { containerPort: 80, hostPort: 80, hostAddress: null, protocol: "tcp" },
    ]);
  });

  it.each([
    ["redis", "redis", "latest"],
    ["redis:7", "redis", "7"],
    ["host:5000/redis", "host:5000/redis", "latest"],
    ["host:5000/redis:7", "host:5000/redis", "7"],
    ["redis@sha256:ab", "redis", "sha256:ab"],
  ])("%s is %s at %s", (reference, name, tag) => {
    expect(splitReference(reference)).toEqual({ name, tag });
  });

  it.each([
    ["Bind for 0.0.0.0:18080 failed: port is already allocated", "18080"],
    ["Error starting userland proxy: listen tcp4 0.0.0.0:22: bind: address already in use", "22"],
    ["listen udp6 [::]:5353: bind: address already in use", "5353"],
  ])("%s names port %s", (words, port) => {
    const error = refusalError({ status: 500, words }, "Container x", null);
    expect([error.code, error.message]).toEqual([
      "conflict",
      `Port ${port} is already in use on the engine's machine.`,
    ]);
  });

  it("mapBounded keeps the order and the bound, and gives the first failure", async () => {
    let [now, most] = [0, 0];
    const slow = async (n: number): Promise<number> => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5 - (n % 5)));
      now -= 1;
      if (n === 99) throw new Error("ninety-nine");
      return n * 2;
    };
    expect(await mapBounded([5, 1, 4, 2, 3, 8], 3, slow)).toEqual([10, 2, 8, 4, 6, 16]);
    expect(most).toBe(3);
    await expect(mapBounded([1, 99, 2], 2, slow)).rejects.toThrow("ninety-nine");
    expect(await mapBounded([], 3, slow)).toEqual([]);
  });
});
