import { createServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSsh, SshConnectError, type SshConnection } from "../../src/main/ssh/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let server: SshServer;
const open: SshConnection[] = [];

async function connect(to: SshServer = server, user = "root"): Promise<SshConnection> {
  const connection = await connectSsh({
    target: { user, host: "127.0.0.1", port: to.port },
    credentials: to.credentials,
    verifyHostKey: async (key) => key.fingerprint === to.fingerprint,
  });
  open.push(connection);
  return connection;
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it worked"),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
}

function faultOf(error: AppError): string | null {
  return error instanceof SshConnectError ? error.fault : null;
}

beforeAll(async () => {
  server = await startSshServer();
});

afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
});

afterAll(async () => {
  await server.stop();
});

describe("connecting", () => {
  it("shows the verifier the key that ssh-keygen shows, once, and keeps it", async () => {
    const seen: string[] = [];
    const connection = await connectSsh({
      target: { user: "root", host: "127.0.0.1", port: server.port },
      credentials: server.credentials,
      verifyHostKey: async (key) => {
        seen.push(`${key.type} ${key.fingerprint} ${Buffer.from(key.blobBase64, "base64").length}`);
        return true;
      },
    });
    open.push(connection);
    expect(seen).toEqual([`ssh-ed25519 ${server.fingerprint} 51`]);
    expect(connection.hostKey).toEqual({ type: "ssh-ed25519", fingerprint: server.fingerprint });
  });

  it("refuses a server whose key the verifier does not accept, before any login", async () => {
    const linesBefore = server.log().length;
    const error = await failureOf(
      connectSsh({
        target: { user: "root", host: "127.0.0.1", port: server.port },
        credentials: server.credentials,
        verifyHostKey: async () => false,
      }),
    );
    expect(error.code).toBe("key-changed");
    expect(faultOf(error)).toBe("host-key");
    expect(error instanceof SshConnectError && error.offeredKey?.fingerprint).toBe(server.fingerprint);
    expect(server.log().slice(linesBefore)).not.toContain("Accepted publickey");
  });

  it("tells a wrong key as refused credentials", async () => {
    const other = await startSshServer();
    try {
      const error = await failureOf(
        connectSsh({
          target: { user: "root", host: "127.0.0.1", port: server.port },
          credentials: other.credentials,
          verifyHostKey: async () => true,
        }),
      );
      expect([error.code, faultOf(error)]).toEqual(["auth-failed", "auth"]);
      expect(error.message).toContain("tried: key");
      expect(error.message).toContain("The server takes: publickey");
    } finally {
      await other.stop();
    }
  });

  it("goes on to the next key, and past an agent that is not there", async () => {
    const other = await startSshServer();
    try {
      const connection = await connectSsh({
        target: { user: "root", host: "127.0.0.1", port: server.port },
        credentials: {
          privateKeys: [...other.credentials.privateKeys, ...server.credentials.privateKeys],
          agentSocket: "/nonexistent/agent",
          password: null,
        },
        verifyHostKey: async () => true,
      });
      open.push(connection);
      expect(connection.closed).toBe(false);
      const error = await failureOf(
        connectSsh({
          target: { user: "root", host: "127.0.0.1", port: server.port },
          credentials: { privateKeys: [], agentSocket: "/nonexistent/agent", password: null },
          verifyHostKey: async () => true,
        }),
      );
      expect(faultOf(error)).toBe("auth");
    } finally {
      await other.stop();
    }
  });

  it("tells a port without a listener, a server that is no SSH server, and one that says nothing", async () => {
    const silent: Server = createServer(() => undefined).listen(0, "127.0.0.1");
    const rude: Server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const portOf = (listener: Server): number => {
      const address = listener.address();
      return address !== null && typeof address === "object" ? address.port : 0;
    };
    const attempt = (port: number): Promise<AppError> =>
      failureOf(
        connectSsh({
          target: { user: "root", host: "127.0.0.1", port },
          credentials: server.credentials,
          verifyHostKey: async () => true,
          readyTimeoutMs: 500,
        }),
      );
    const silentPort = portOf(silent);
    expect(faultOf(await attempt(silentPort))).toBe("timeout");
    expect(faultOf(await attempt(portOf(rude)))).toBe("refused");
    silent.close();
    rude.close();
    expect(faultOf(await attempt(1))).toBe("refused");
  });

  it("tells an address without a route or name", async () => {
    const error = await failureOf(
      connectSsh({
        target: { user: "root", host: "no-such-device.invalid", port: 22 },
        credentials: server.credentials,
        verifyHostKey: async () => true,
      }),
    );
    expect([error.code, faultOf(error)]).toEqual(["unreachable", "unreachable"]);
  });

  it("gives up when it is cancelled", async () => {
    const abort = new AbortController();
    const attempt = connectSsh({
      target: { user: "root", host: "127.0.0.1", port: server.port },
      credentials: server.credentials,
      verifyHostKey: () => {
        abort.abort();
        return new Promise(() => undefined);
      },
      signal: abort.signal,
    });
    expect((await failureOf(attempt)).code).toBe("cancelled");
  });

  it("passes on what the verifier itself failed with, and does not log in", async () => {
    const error = await failureOf(
      connectSsh({
        target: { user: "root", host: "127.0.0.1", port: server.port },
        credentials: server.credentials,
        verifyHostKey: () => Promise.reject(new AppError("internal", "known_hosts cannot be read.")),
      }),
    );
    expect(error.message).toBe("known_hosts cannot be read.");
  });
});

describe("the end of a connection", () => {
  it("calls back with null after close, and refuses everything afterwards", async () => {
    const connection = await connect();
    const reasons: unknown[] = [];
    connection.onClosed((reason) => reasons.push(reason));
    connection.close();
    connection.close();
    expect(reasons).toEqual([null]);
    expect(connection.closed).toBe(true);
    expect((await failureOf(connection.exec(["true"]))).code).toBe("unreachable");
    expect((await failureOf(connection.openSocket("/x"))).code).toBe("unreachable");
    connection.onClosed((reason) => reasons.push(reason));
    expect(reasons).toEqual([null, null]);
  });

  it("is noticed within 5 s on a half-open link, and ends what runs", async () => {
    const victim = await startSshServer();
    try {
      const connection = await connect(victim);
      const running = connection.exec(["sleep", "60"], { timeoutMs: 60_000 });
      const runningFailure = failureOf(running);
      const reason = new Promise<AppError | null>((resolve) => connection.onClosed(resolve));
      const pids = victim.sessionPids();
      expect(pids.length).toBeGreaterThan(0);
      const startMs = performance.now();
      // The server's process for the login may end by itself meanwhile.
      for (const pid of pids) signalIfThere(pid, "SIGSTOP");
      const ended = await reason;
      const noticedMs = performance.now() - startMs;
      expect(ended?.code).toBe("unreachable");
      expect(ended?.message).toContain("silent");
      expect(noticedMs).toBeGreaterThan(2_000);
      expect(noticedMs).toBeLessThan(5_000);
      expect((await runningFailure).code).toBe("unreachable");
    } finally {
      await victim.stop();
    }
  });

  it("is noticed when the session dies, and keeps quiet links alive", async () => {
    const connection = await connect();
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(connection.closed).toBe(false);
    const reason = new Promise<AppError | null>((resolve) => connection.onClosed(resolve));
    for (const pid of server.sessionPids()) process.kill(pid, "SIGKILL");
    expect((await reason)?.code).toBe("unreachable");
  });
});

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
