import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type Connection } from "ssh2";

export interface Question {
  prompt: string;
  echo: boolean;
}

/**
 * An SSH server that logs nobody in and asks its questions, round by round: what a device with a second factor does,
 * whose PAM modules are no packages of this machine.
 */
export async function startQuestionServer(rounds: readonly Question[][]) {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-questions-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "host")]);
  const answers: string[][] = [];
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [readFileSync(join(folder, "host"))] }, (connection) => {
    connections.add(connection);
    // A client that hangs up in the middle of a login is what is tested.
    connection.on("error", () => undefined);
    connection.on("close", () => connections.delete(connection));
    connection.on("authentication", (context) => {
      if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
      const ask = ([round, ...later]: readonly Question[][]): void => {
        if (round === undefined) {
          context.reject(["keyboard-interactive"]);
          return;
        }
        context.prompt(round, (given) => {
          answers.push([...given]);
          ask(later);
        });
      };
      ask(rounds);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    /** What it was answered, round by round. */
    answers,
    async stop(): Promise<void> {
      for (const connection of connections) connection.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
