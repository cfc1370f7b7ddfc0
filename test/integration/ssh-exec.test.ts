import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let server: SshServer;
let connection: SshConnection;

async function connect(to: SshServer): Promise<SshConnection> {
  return connectSsh({
    target: { user: "root", host: "127.0.0.1", port: to.port },
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

/** An argument of sleep(1) that no other run of these tests has. */
function duration(seconds: number): string {
  return `${seconds}.${process.pid}`;
}

/** Processes that have the text as an argument (the shell around them is gone: it has become the command). */
function pidsOf(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => commandLineOf(pid).split("\0").includes(text));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

beforeAll(async () => {
  server = await startSshServer();
  connection = await connect(server);
});

afterAll(async () => {
  connection.close();
  await server.stop();
});

describe("exec", () => {
  it("hands every argument over as it is", async () => {
    const nasty = [
      "",
      " ",
      "it's",
      `"$(touch /tmp/never)"`,
      "`id`",
      "a\nb",
      "\\",
      "--",
      "-n",
      "*",
      "~root",
      "!!",
      "ä€😀",
      "a;b|c&d>e<f#g",
      "%s%n",
      "\t",
      "'\\''",
      "$HOME",
      "{a,b}",
    ];
    const { stdout, exitCode } = await connection.exec(["printf", "%s\\0", ...nasty]);
    expect(exitCode).toBe(0);
    expect(stdout.split("\0").slice(0, -1)).toEqual(nasty);
  });

  it("gives output, errors and exit codes apart, to the byte", async () => {
    const result = await connection.exec(["sh", "-c", "printf out; printf 'err\\n' >&2; exit 7"]);
    expect(result).toEqual({ exitCode: 7, stdout: "out", stderr: "err\n" });
    expect((await connection.exec(["sh", "-c", "kill -9 $$"])).exitCode).toBe(137);
    const missing = await connection.exec(["no-such-program"]);
    expect(missing.exitCode).toBe(127);
    expect(missing.stderr).toContain("no-such-program");
  });

  it("hands standard input over and closes it", async () => {
    const text = "line\n".repeat(200_000);
    const { stdout } = await connection.exec(["sh", "-c", "cat; echo end"], { stdin: text });
    expect(stdout.length).toBe(text.length + 4);
    expect(stdout.endsWith("line\nend\n")).toBe(true);
    expect((await connection.exec(["cat"])).stdout).toBe("");
  });

  it("runs 20 at once through 8 places, and leaves places for all that come after", async () => {
    const mark = join(server.folder, "at-once");
    const script = 'echo $$ >>"$0"; sleep 0.3; echo done';
    const results = await Promise.all(Array.from({ length: 20 }, () => connection.exec(["sh", "-c", script, mark])));
    expect(results.map((result) => result.stdout)).toEqual(Array.from({ length: 20 }, () => "done\n"));
    expect(readFileSync(mark, "utf8").trim().split("\n")).toHaveLength(20);
    expect((await connection.exec(["echo", "still"])).stdout).toBe("still\n");
  });

  it("ends a command that takes too long, on the device too", async () => {
    const error = await failureOf(connection.exec(["sleep", duration(3171)], { timeoutMs: 400 }));
    expect(error.code).toBe("timed-out");
    await expect.poll(() => pidsOf(duration(3171)), { timeout: 15_000 }).toEqual([]);
  });

  it("is cancelled while it runs and while it waits for a place", async () => {
    const abort = new AbortController();
    const all = Array.from({ length: 10 }, () =>
      failureOf(connection.exec(["sleep", duration(3172)], { signal: abort.signal })),
    );
    await expect.poll(() => pidsOf(duration(3172)).length, { timeout: 15_000 }).toBe(8);
    abort.abort();
    expect((await Promise.all(all)).map((error) => error.code)).toEqual(Array.from({ length: 10 }, () => "cancelled"));
    await expect.poll(() => pidsOf(duration(3172)), { timeout: 15_000 }).toEqual([]);
    expect((await connection.exec(["echo", "ok"])).stdout).toBe("ok\n");
  });

  it("leaves out what the login shell prints, even without a line's end", async () => {
    const shell = join(server.folder, "chatty-shell");
    writeFileSync(shell, '#!/bin/sh\nprintf "Welcome to \\nthe press line"; printf "motd" >&2\nexec /bin/sh "$@"\n');
    chmodSync(shell, 0o755);
    const chatty = await startSshServer({ ForceCommand: `${shell} -c "$SSH_ORIGINAL_COMMAND"` });
    const noisy = await connect(chatty);
    try {
      const result = await noisy.exec(["sh", "-c", "echo 1; echo 2 >&2"]);
      expect(result).toEqual({ exitCode: 0, stdout: "1\n", stderr: "2\n" });
    } finally {
      noisy.close();
      await chatty.stop();
    }
  });

  it("says so when the account runs no commands", async () => {
    const strict = await startSshServer({ ForceCommand: "echo This account is not available." });
    const refused = await connect(strict);
    try {
      const error = await failureOf(refused.exec(["true"]));
      expect(error.code).toBe("unsupported");
      expect(error.message).toContain("This account is not available.");
    } finally {
      refused.close();
      await strict.stop();
    }
  });

  it("adapts to a server that takes two sessions only", async () => {
    const narrow = await startSshServer({ MaxSessions: "2" });
    const one = await connect(narrow);
    try {
      const results = await Promise.all(Array.from({ length: 12 }, (_, i) => one.exec(["echo", String(i)])));
      expect(results.map((result) => result.stdout.trim())).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    } finally {
      one.close();
      await narrow.stop();
    }
  });
});

describe("start", () => {
  it("talks with a running command and learns how it ended", async () => {
    const running = await connection.start(["sh", "-c", 'while read -r line; do echo "<$line>"; done; exit 3']);
    running.stream.setEncoding("utf8");
    let heard = "";
    running.stream.on("data", (text: string) => {
      heard += text;
    });
    running.stream.write("a b\n");
    await expect.poll(() => heard).toBe("<a b>\n");
    running.stream.write("c\n");
    await expect.poll(() => heard).toBe("<a b>\n<c>\n");
    running.stream.end();
    expect(await running.exited).toBe(3);
  });

  it("ends the command when it is closed, and gives its place back", async () => {
    const starts = Array.from({ length: 8 }, (_, i) =>
      connection.start(["sleep", duration(3173)], i < 6 ? "stream" : "brief"),
    );
    const processes = await Promise.all(starts);
    await expect.poll(() => pidsOf(duration(3173)).length, { timeout: 15_000 }).toBe(8);
    const waiting = connection.exec(["echo", "my turn"]);
    for (const running of processes) running.close();
    expect((await waiting).stdout).toBe("my turn\n");
    await expect.poll(() => pidsOf(duration(3173)), { timeout: 15_000 }).toEqual([]);
  });

  it("refuses a stream that finds no place, says why, and lets commands go on meanwhile", async () => {
    const streams = await Promise.all(Array.from({ length: 6 }, () => connection.start(["cat"])));
    const seventh = connection.start(["cat"]);
    const commands = Array.from({ length: 4 }, () => connection.exec(["echo", "here"]));
    for (const { stdout } of await Promise.all(commands)) expect(stdout).toBe("here\n");
    await expect(seventh).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("All 6 places") });
    for (const stream of streams) stream.close();
    (await connection.start(["cat"])).close();
  });

  it("ends a command at once that is closed before it is reached, and one that ignores being asked", async () => {
    (await connection.start(["sleep", duration(3174)])).close();
    const stubborn = await connection.start(["sh", "-c", "trap '' TERM; echo ready; sleep $0", duration(3175)]);
    await new Promise((resolve) => stubborn.stream.once("data", resolve));
    stubborn.close();
    await expect.poll(() => [...pidsOf(duration(3174)), ...pidsOf(duration(3175))], { timeout: 15_000 }).toEqual([]);
  });
});
