/** A command that is over before a busy process gets to look at it: its output and exit code are there all the same. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectSsh } from "../../src/main/ssh/index.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer();
});

afterAll(async () => {
  await server.stop();
});

/** Holds the event loop for 60 ms in each turn, so that whatever a short command sends comes in at once. */
function keepBusy(): () => void {
  let isOn = true;
  const turn = (): void => {
    const untilMs = Date.now() + 60;
    while (Date.now() < untilMs);
    if (isOn) setImmediate(turn);
  };
  turn();
  return () => {
    isOn = false;
  };
}

test("short commands, run by a process that is busy, and more of them than there are places", async () => {
  const connection = await connectSsh({
    target: { user: "root", host: "127.0.0.1", port: server.port },
    credentials: server.credentials,
    verifyHostKey: async () => true,
  });
  const stop = keepBusy();
  try {
    const results = [];
    for (let index = 0; index < 12; index += 1) results.push(await connection.exec(["sh", "-c", "echo out; exit 3"]));
    expect(results.map(({ stdout, exitCode }) => `${stdout.trim()} ${exitCode}`)).toEqual(Array(12).fill("out 3"));
  } finally {
    stop();
    connection.close();
  }
});
