import { once } from "node:events";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { connectSsh } from "../../src/main/ssh/index.ts";

/** A person may answer about a host key after the connection has ended. That used to crash the whole process. */
test("an answer about a host key that comes too late is harmless", async () => {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync("ed25519");
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => client.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const leave = new AbortController();
  let answer: (permitted: boolean) => void = () => expect.unreachable();
  const asked = new Promise<void>((resolve) => {
    void connectSsh({
      target: { user: "root", host: "127.0.0.1", port: address.port },
      credentials: { privateKeys: [], agentSocket: null, password: null },
      signal: leave.signal,
      verifyHostKey: () => {
        resolve();
        return new Promise((decide) => {
          answer = decide;
        });
      },
    }).then(
      () => expect.unreachable(),
      (error: unknown) => expect(error).toMatchObject({ code: "cancelled" }),
    );
  });
  await asked;
  leave.abort();
  // Until ssh2 has seen the end of its socket.
  await new Promise((resolve) => setTimeout(resolve, 50));
  answer(false);
  await new Promise((resolve) => setTimeout(resolve, 50));
  server.close();
});
