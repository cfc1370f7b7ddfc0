import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLocalEngine } from "../../../src/main/engines/index.ts";
import { localSockets } from "../../../src/main/engines/local-sockets.ts";

let home: string;
const servers: Server[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bayplan-home-"));
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(home, { recursive: true });
});

/** No socket of this machine itself is to be found by accident. */
function env(values: Record<string, string> = {}): Record<string, string> {
  return { XDG_RUNTIME_DIR: join(home, "run"), ...values };
}

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
}

function writeContext(name: string, host: string, folder = join(home, ".docker")): void {
  const hash = createHash("sha256").update(name).digest("hex");
  write(join(folder, "contexts", "meta", hash, "meta.json"), { Name: name, Endpoints: { docker: { Host: host } } });
}

/** Something that answers as an engine does. */
async function serve(path: string, version = "27.0.0"): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer((request, answer) => {
    const info = { Architecture: "x86_64", CgroupVersion: "2", NCPU: 2, MemTotal: 1e9, DockerRootDir: "/x" };
    answer.end(JSON.stringify(request.url?.startsWith("/version") ? { Version: version, ApiVersion: "1.47" } : info));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const found = async (values?: Record<string, string>): Promise<string[]> =>
  (await localSockets(env(values), home)).sockets.map(({ foundBy, path }) => `${foundBy}: ${path.replace(home, "~")}`);

describe("the local engine's sockets", () => {
  it("are what DOCKER_HOST names, alone", async () => {
    write(join(home, ".docker", "config.json"), { currentContext: "other" });
    expect(await found({ DOCKER_HOST: "unix:///x.sock" })).toEqual(["DOCKER_HOST: /x.sock"]);
    await expect(localSockets(env({ DOCKER_HOST: "tcp://1.2.3.4:2375" }), home)).rejects.toMatchObject({
      code: "unsupported",
    });
  });

  it("are the products' own, Docker's before Podman's, where nothing is chosen", async () => {
    mkdirSync(join(home, ".colima", "work"), { recursive: true });
    mkdirSync(join(home, ".colima", "default"));
    mkdirSync(join(home, ".colima", "_lima"));
    expect(await found()).toEqual([
      "Docker's socket: /var/run/docker.sock",
      "rootless Docker: ~/run/docker.sock",
      "Docker Desktop: ~/.docker/run/docker.sock",
      "Docker Desktop: ~/.docker/desktop/docker.sock",
      "OrbStack: ~/.orbstack/run/docker.sock",
      "Colima: ~/.colima/default/docker.sock",
      "Colima (work): ~/.colima/work/docker.sock",
      "Rancher Desktop: ~/.rd/docker.sock",
      "rootless Podman: ~/run/podman/podman.sock",
      "Podman: /run/podman/podman.sock",
      "Podman machine: ~/.local/share/containers/podman/machine/podman.sock",
    ]);
  });

  it("begin with docker's current context, and are DOCKER_CONTEXT alone", async () => {
    writeContext("colima", `unix://${home}/.colima/default/docker.sock`);
    write(join(home, ".docker", "config.json"), { currentContext: "colima", auths: {} });
    mkdirSync(join(home, ".colima", "default"), { recursive: true });
    const current = await found();
    expect(current[0]).toBe("docker context colima: ~/.colima/default/docker.sock");
    expect(current.filter((text) => text.includes("colima/default"))).toHaveLength(1);
    expect(await found({ DOCKER_CONTEXT: "colima" })).toEqual([current[0]]);
    expect((await found({ DOCKER_CONTEXT: "default" }))[0]).toBe("Docker's socket: /var/run/docker.sock");
  });

  it("leave out a context that leads elsewhere, and say so; one that is named so is refused", async () => {
    writeContext("plant", "ssh://root@10.0.0.9");
    write(join(home, ".docker", "config.json"), { currentContext: "plant" });
    const { sockets, leftOut } = await localSockets(env(), home);
    expect(sockets[0]?.foundBy).toBe("Docker's socket");
    expect(leftOut).toContain("plant leads to ssh://root@10.0.0.9");
    await expect(localSockets(env({ DOCKER_CONTEXT: "plant" }), home)).rejects.toMatchObject({ code: "unsupported" });
  });

  it("are looked up where DOCKER_CONFIG says", async () => {
    const folder = join(home, "elsewhere");
    writeContext("x", "unix:///y.sock", folder);
    write(join(folder, "config.json"), { currentContext: "x" });
    expect((await found({ DOCKER_CONFIG: folder }))[0]).toBe("docker context x: /y.sock");
  });

  it("are not guessed when docker's own files are broken", async () => {
    write(join(home, ".docker", "config.json"), { currentContext: "gone" });
    await expect(localSockets(env(), home)).rejects.toMatchObject({ code: "bad-input" });
    write(join(home, ".docker", "config.json"), "{");
    await expect(localSockets(env(), home)).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("opening the local engine", () => {
  it("says which one was taken, and passes by a socket that nobody listens on", async () => {
    const path = await serve(join(home, ".colima", "default", "docker.sock"));
    writeContext("dead", `unix://${home}/dead.sock`);
    writeContext("colima", `unix://${path}`);
    writeFileSync(join(home, "dead.sock"), "");
    write(join(home, ".docker", "config.json"), { currentContext: "colima" });
    const engine = await openLocalEngine(env(), home);
    expect(await engine.info()).toMatchObject({ foundBy: "docker context colima", socket: path });
    engine.close();
    const error = await openLocalEngine(env({ DOCKER_CONTEXT: "dead" }), home).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "no-engine", hint: expect.stringContaining("dead.sock") });
  });
});
