import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer as createHttpServer, get, type Server } from "node:http";
import { createServer as createNetServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectSsh, type SshConnection, socketAgent } from "../../src/main/ssh/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let server: SshServer;
let connection: SshConnection;
let http: Server;
let path: string;
/** How many connections the HTTP server has been given so far. */
let accepted = 0;

function connect(to: SshServer, user = "root"): Promise<SshConnection> {
  return connectSsh({
    target: { user, host: "127.0.0.1", port: to.port },
    credentials: to.credentials,
    verifyHostKey: async () => true,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it worked"),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
}

function fetchText(agent: ReturnType<typeof socketAgent>, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ agent, path: url, host: "device" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () => resolve(text));
      answer.on("error", reject);
    }).on("error", reject);
  });
}

beforeAll(async () => {
  server = await startSshServer();
  chmodSync(server.folder, 0o755);
  path = join(server.folder, "http.sock");
  http = createHttpServer((request, answer) => {
    if (request.url === "/big") answer.end("x".repeat(5_000_000));
    else answer.end(`you asked for ${request.url}`);
  });
  http.on("connection", () => {
    accepted += 1;
  });
  await new Promise<void>((resolve) => http.listen(path, resolve));
  connection = await connect(server);
});

afterAll(async () => {
  connection.close();
  http.closeAllConnections();
  http.close();
  await server.stop();
});

describe("openSocket", () => {
  it("tells a missing socket, a plain file and one that nobody listens on from each other's remedy", async () => {
    const missing = await failureOf(connection.openSocket(join(server.folder, "missing.sock")));
    expect(missing.code).toBe("no-engine");
    expect(missing.message).toContain("no container engine socket");
    const plain = await failureOf(connection.openSocket(join(server.folder, "config")));
    expect(plain.code).toBe("no-engine");
    const stalePath = join(server.folder, "stale.sock");
    leaveStaleSocket(stalePath);
    const stale = await failureOf(connection.openSocket(stalePath));
    expect(stale.code).toBe("no-engine");
    expect(stale.message).toContain("does not run");
  });

  it("finds a listening socket under another spelling of its path", async () => {
    const folder = join(server.folder, "real");
    mkdirSync(folder);
    const listener = createNetServer().listen(join(folder, "a.sock"));
    await new Promise((resolve) => listener.once("listening", resolve));
    execFileSync("ln", ["-s", folder, join(server.folder, "link")]);
    const channel = await connection.openSocket(join(server.folder, "link", "a.sock"));
    channel.destroy();
    listener.close();
  });

  it("says that forwarding is refused when the server does not forward, and that access is denied when it is", async () => {
    const strict = await startSshServer({ AllowStreamLocalForwarding: "no" });
    const blocked = await connect(strict);
    try {
      const refused = await failureOf(blocked.openSocket(path));
      expect(refused.code).toBe("unsupported");
      expect(refused.hint).toContain("AllowStreamLocalForwarding");
      expect((await failureOf(blocked.openSocket(join(server.folder, "missing.sock")))).code).toBe("no-engine");
    } finally {
      blocked.close();
      await strict.stop();
    }
  });

  it("says that the user may not open a socket that belongs to others", async () => {
    const user = `bp-test-${process.pid}`;
    execFileSync("useradd", ["--no-create-home", "--shell", "/bin/sh", "--password", "*", user]);
    try {
      const other = await connect(server, user);
      chmodSync(path, 0o600);
      const denied = await failureOf(other.openSocket(path));
      expect(denied.code).toBe("engine-denied");
      expect(denied.hint).toContain(`usermod -aG docker ${user}`);
      chmodSync(path, 0o666);
      (await other.openSocket(path)).destroy();
      other.close();
    } finally {
      execFileSync("userdel", [user]);
    }
  });
});

describe("the HTTP agent", () => {
  it("uses one channel for requests in turn, and gives whole answers", async () => {
    const agent = socketAgent(connection, path);
    expect(await fetchText(agent, "/first")).toBe("you asked for /first");
    const before = accepted;
    for (let i = 0; i < 20; i += 1) expect(await fetchText(agent, `/${i}`)).toBe(`you asked for /${i}`);
    expect(accepted - before).toBe(0);
    expect((await fetchText(agent, "/big")).length).toBe(5_000_000);
    agent.destroy();
  });

  it("serves a hundred requests at once on the one connection", async () => {
    const agent = socketAgent(connection, path);
    const texts = await Promise.all(Array.from({ length: 100 }, (_, i) => fetchText(agent, `/${i}`)));
    expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => `you asked for /${i}`));
    agent.destroy();
  });

  it("passes the reason on when the socket cannot be opened", async () => {
    const agent = socketAgent(connection, join(server.folder, "missing.sock"));
    expect((await failureOf(fetchText(agent, "/"))).code).toBe("no-engine");
    agent.destroy();
  });

  it("is a few characters for whoever prints it, with all its channels open", async () => {
    const agent = socketAgent(connection, path);
    await Promise.all(Array.from({ length: 12 }, (_, i) => fetchText(agent, `/${i}`)));
    const printed = inspect({ agent }, { showHidden: true, depth: null });
    expect(printed).toBe(`{ agent: SocketAgent(${path}) }`);
    agent.destroy();
  });

  it("fails what is under way when the connection ends", async () => {
    const own = await connect(server);
    const agent = socketAgent(own, path);
    expect(await fetchText(agent, "/1")).toBe("you asked for /1");
    own.close();
    expect((await failureOf(fetchText(agent, "/2"))).code).toBe("unreachable");
    agent.destroy();
  });
});

/** A socket file whose process is gone, as a killed engine leaves one. */
function leaveStaleSocket(stalePath: string): void {
  rmSync(stalePath, { force: true });
  const script = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()";
  execFileSync("python3", ["-c", script, stalePath]);
}
