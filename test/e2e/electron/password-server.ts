import { spawn } from "node:child_process";
import { connect } from "node:net";
import ssh2 from "ssh2";
import { keyPrintOf } from "../../../src/main/ssh/index.ts";

/** An SSH server that takes a password and nothing else. */
export interface PasswordServer {
  port: number;
  /** `SHA256:…` as ssh-keygen prints it. */
  fingerprint: string;
  /** Its host key as known_hosts has it behind the name. */
  publicKey: string;
  /** What was offered to it as a password, in order. */
  readonly offered: string[];
  close(): Promise<void>;
}

/** Starts one on the loopback interface; its commands run on this machine, and it forwards connections as a jump host does. */
export async function startPasswordServer(user: string, password: string): Promise<PasswordServer> {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync("ed25519");
  const offered: string[] = [];
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    // The other side is killed at the end of some tests.
    client.on("error", () => client.end());
    client.on("authentication", (context) => {
      if (context.method !== "password") return context.reject(["password"]);
      offered.push(context.password);
      if (context.username === user && context.password === password) context.accept();
      else context.reject(["password"]);
    });
    client.on("tcpip", (accept, reject, { destIP, destPort }) => {
      const socket = connect(destPort, destIP);
      socket.once("error", () => reject());
      socket.once("connect", () => {
        const channel = accept();
        socket.pipe(channel).pipe(socket);
        // Either side may hang up at the end.
        for (const end of [socket, channel]) end.on("error", () => socket.destroy());
      });
    });
    client.on("session", (accept) => accept().on("exec", (acceptExec, _, { command }) => run(command, acceptExec())));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    port: address.port,
    fingerprint: keyPrintOf(publicBlobOf(hostKey)).fingerprint,
    publicKey: `ssh-ed25519 ${publicBlobOf(hostKey).toString("base64")}`,
    offered,
    async close() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function run(command: string, channel: ssh2.ServerChannel): void {
  const child = spawn("sh", ["-c", command], { stdio: ["pipe", "pipe", "pipe"] });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on("close", () => child.kill("SIGKILL"));
  child.on("close", (code) => {
    channel.exit(code ?? 137);
    channel.end();
  });
}

function publicBlobOf(privateKey: string): Buffer {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key.getPublicSSH();
}
