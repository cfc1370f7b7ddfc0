/** Ways that a person's own ssh goes: ssh_config, jump hosts, keys with passphrases, known_hosts. Real sshd, real ssh. */
import { execFile, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DiscoverySource, type Fleet, openFleet } from "../../src/main/devices/index.ts";
import { sshConfigSource } from "../../src/main/devices/ssh-config/ssh-config-source.ts";
import type { Device } from "../../src/shared/domain/index.ts";
import { startQuestionServer } from "./question-server.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let home: string;
let dataFolder: string;
const fleets: Fleet[] = [];
const servers: SshServer[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bayplan-ssh-home-"));
  dataFolder = mkdtempSync(join(tmpdir(), "bayplan-ssh-data-"));
  mkdirSync(join(home, ".ssh"), { mode: 0o700 });
  delete process.env.SSH_AUTH_SOCK;
});

afterEach(async () => {
  delete process.env.BAYPLAN_SSH_KEY_PASSPHRASE_FILE;
  for (const fleet of fleets.splice(0)) await fleet.close();
  for (const server of servers.splice(0)) await server.stop();
  rmSync(home, { recursive: true, force: true });
  rmSync(dataFolder, { recursive: true, force: true });
});

async function serve(settings: Record<string, string> = {}): Promise<SshServer> {
  const server = await startSshServer(settings);
  servers.push(server);
  return server;
}

async function open(sources: readonly DiscoverySource[] = []): Promise<Fleet> {
  const fleet = await openFleet({
    dataFolder,
    home,
    sources,
    onBug: (error) => {
      throw error;
    },
  });
  fleets.push(fleet);
  return fleet;
}

async function until(fleet: Fleet, what: string, wanted: (device: Device) => boolean): Promise<Device> {
  const passed: string[] = [];
  for await (const update of fleet.watch(AbortSignal.timeout(25_000))) {
    for (const device of update.kind === "snapshot"
      ? update.devices
      : update.kind === "changed"
        ? [update.device]
        : []) {
      passed.push(`${device.state} ${device.trouble?.code ?? ""} ${device.trouble?.message ?? ""}`);
      if (wanted(device)) return device;
    }
  }
  throw new Error(`Never ${what}: ${passed.join("; ")}`);
}

/** Logged in, with an engine or without. */
const isIn = (device: Device) => device.state === "online" || device.state === "engine-down";
const isNew = (device: Device) => device.hostKey.trust === "new";

function writeConfig(text: string): void {
  writeFileSync(join(home, ".ssh", "config"), text, { mode: 0o600 });
}

function hostLines(alias: string, server: SshServer, more = ""): string {
  return `Host ${alias}
  HostName 127.0.0.1
  Port ${server.port}
  User root
  IdentityFile ${server.folder}/id
  IdentitiesOnly yes
  UserKnownHostsFile ${home}/.ssh/kh
${more}
`;
}

/** A line of known_hosts for a server, hidden by the real ssh-keygen. */
function know(server: SshServer, name = `[127.0.0.1]:${server.port}`, key = "host"): void {
  const file = join(home, ".ssh", "kh");
  appendFileSync(file, `${name} ${readFileSync(join(server.folder, `${key}.pub`), "utf8")}`);
  execFileSync("ssh-keygen", ["-H", "-f", file], { stdio: "ignore" });
  rmSync(`${file}.old`, { force: true });
}

/** The person's own ssh with the same configuration. */
function plainSsh(...words: string[]): Promise<{ code: number; text: string }> {
  const argv = ["-F", join(home, ".ssh", "config"), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", ...words];
  return new Promise((resolve) => {
    execFile("ssh", argv, { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
    );
  });
}

test("a host of ssh_config behind two jump hosts: each key is known first, all end together, and ssh takes the agreed key", async () => {
  const [hop1, hop2, target] = [await serve(), await serve(), await serve()];
  writeConfig(
    hostLines("bench", target, "  ProxyJump hop1,hop2\n  HostKeyAlias the-bench\n  HashKnownHosts yes") +
      hostLines("hop1", hop1) +
      hostLines("hop2", hop2),
  );
  const fleet = await open();
  const { id } = await fleet.add({ user: null, host: "bench", port: null }, null);
  const first = await until(fleet, "stopped at the first hop", (device) => device.trouble?.code === "key-unknown");
  expect(first).toMatchObject({ state: "unreachable", target: { user: "root", host: "bench", port: target.port } });
  expect(first.trouble?.message).toContain(
    `The jump host hop1:${hop1.port} (1 of 2): Nobody has agreed to its host key`,
  );
  expect(first.trouble?.message).toContain(hop1.fingerprint);
  expect(first.trouble?.hint).toContain(`bayplan devices add root@hop1:${hop1.port}`);

  know(hop1);
  await fleet.retry(id);
  const second = await until(
    fleet,
    "stopped at the second hop",
    (device) => device.trouble?.message.includes("hop2") === true,
  );
  expect(second.trouble?.message).toContain("(2 of 2): Nobody has agreed");

  know(hop2);
  await fleet.retry(id);
  const asking = await until(fleet, "asking for trust", isNew);
  expect(asking.hostKey.offered?.fingerprint).toBe(target.fingerprint);
  await fleet.trust(id, target.fingerprint);
  const inside = await until(fleet, "in", isIn);
  expect(inside.facts).not.toBeNull();
  expect(target.log()).toContain("Accepted publickey");

  // Plain ssh does not know the key until it is shared, and then once only, hidden as the configuration wants it.
  expect((await plainSsh("bench", "echo", "in")).code).toBe(255);
  expect(await fleet.shareKey(id)).toEqual({ file: join(home, ".ssh", "kh"), added: true });
  expect(await fleet.shareKey(id)).toEqual({ file: join(home, ".ssh", "kh"), added: false });
  expect(readFileSync(join(home, ".ssh", "kh"), "utf8")).not.toContain("the-bench");
  expect(await plainSsh("bench", "echo", "in")).toEqual({ code: 0, text: "in\n" });

  // After a restart it is the same host of ssh_config.
  await fleet.close();
  await expect
    .poll(() => [hop1, hop2, target].flatMap((server) => server.sessionPids()), { timeout: 5_000 })
    .toEqual([]);
  const again = await open();
  await until(again, "in again", isIn);

  // A jump host that goes takes the device with it, and no connection is left on the one before.
  await hop2.stop();
  const lost = await until(again, "lost", (device) => device.state === "unreachable");
  expect(lost.trouble?.message).toMatch(/hop2|jump host/);
  await expect.poll(() => target.sessionPids(), { timeout: 5_000 }).toEqual([]);
  await again.close();
  await expect.poll(() => hop1.sessionPids(), { timeout: 5_000 }).toEqual([]);
});

test("a jump host that is down, that does not forward, or that refuses the login: it is named, and the device is not blamed", async () => {
  const [closed, refusing, target] = [await serve({ AllowTcpForwarding: "no" }), await serve(), await serve()];
  writeConfig(
    hostLines("down", target, "  ProxyJump root@127.0.0.1:9") +
      hostLines("shut", target, "  ProxyJump closed") +
      hostLines("barred", target, "  ProxyJump refusing") +
      hostLines("around", target, "  ProxyJump around2") +
      hostLines("around2", closed, "  ProxyJump around") +
      hostLines("closed", closed) +
      hostLines("refusing", refusing).replace(`${refusing.folder}/id`, `${target.folder}/id`),
  );
  know(closed);
  know(refusing);
  const said: [string, string, string][] = [
    ["down", "unreachable", "The jump host 127.0.0.1:9: 127.0.0.1:9 refuses connections"],
    ["shut", "unsupported", "does not forward connections"],
    ["barred", "auth-failed", "The jump host refusing:"],
    ["around", "bad-input", "again and again"],
  ];
  for (const [alias, code, words] of said) {
    const fleet = await open();
    await fleet.add({ user: null, host: alias, port: null }, null);
    const device = await until(fleet, `in trouble at ${alias}`, (one) => one.trouble !== null);
    expect([device.state, device.trouble?.code]).toEqual(["unreachable", code]);
    expect(device.trouble?.message).toContain(words);
    await fleet.forget(device.id);
    await fleet.close();
  }
});

test("a ProxyCommand is never run: not supported, and why", async () => {
  const target = await serve();
  const trace = join(home, "it-ran");
  writeConfig(hostLines("commanded", target, `  ProxyCommand touch ${trace}`));
  const fleet = await open();
  await fleet.add({ user: null, host: "commanded", port: null }, null);
  const device = await until(fleet, "in trouble", (one) => one.trouble !== null);
  expect(device).toMatchObject({ state: "unreachable", trouble: { code: "unsupported" } });
  expect(device.trouble?.message).toContain("ProxyCommand, which Bayplan does not support: it would run a program");
  expect(existsSync(trace)).toBe(false);
  // A host name can be no option and no command.
  for (const host of ["-oProxyCommand=touch x", "a;touch x", "$(touch x)", "`x`", "--", "-F/tmp/x"]) {
    await expect(fleet.add({ user: null, host, port: null }, null)).rejects.toMatchObject({ code: "bad-input" });
  }
});

test("a configuration that ssh cannot read is told in ssh's words", async () => {
  writeConfig("Host *\n  NoSuchOption yes\n");
  const fleet = await open();
  await expect(fleet.add({ user: null, host: "bench", port: null }, null)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("nosuchoption"),
  });
});

test("of several keys that a server has, the known one is asked for", async () => {
  const keys = mkdtempSync(join(tmpdir(), "bayplan-ssh-keys-"));
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", join(keys, "rsa")]);
    const target = await serve({ LogLevel: `INFO\nHostKey ${join(keys, "rsa")}` });
    writeFileSync(join(target.folder, "rsa.pub"), readFileSync(join(keys, "rsa.pub")));
    writeConfig(hostLines("bench", target));
    know(target, `[127.0.0.1]:${target.port}`, "rsa");
    const fleet = await open();
    await fleet.add({ user: null, host: "bench", port: null }, null);
    const device = await until(fleet, "in", (one) => isIn(one) || isNew(one) || one.state === "key-changed");
    expect(device.state).not.toBe("key-changed");
    expect(device.hostKey).toMatchObject({ trust: "pinned", offered: { type: "ssh-rsa" } });
    // Plain ssh finds its own key there: nothing is added.
    expect((await fleet.shareKey(device.id)).added).toBe(false);
  } finally {
    rmSync(keys, { recursive: true, force: true });
  }
});

test("another key in known_hosts is not overwritten, and the file is as it was but for the one line", async () => {
  const [target, other] = [await serve(), await serve()];
  const file = join(home, ".ssh", "known_hosts");
  writeFileSync(file, "# mine\nnot a line\nother.example ssh-ed25519 AAAA", { mode: 0o640 });
  chmodSync(file, 0o640);
  writeFileSync(join(home, ".ssh", "id_ed25519"), readFileSync(join(target.folder, "id")), { mode: 0o600 });
  const fleet = await open();
  const { id } = await fleet.add({ user: "root", host: "127.0.0.1", port: target.port }, null);
  await until(fleet, "asking", isNew);
  await expect(fleet.shareKey(id)).rejects.toMatchObject({ code: "key-unknown" });
  await fleet.trust(id, target.fingerprint);
  await until(fleet, "in", isIn);
  expect(await fleet.shareKey(id)).toEqual({ file, added: true });
  const blob = (server: SshServer) => readFileSync(join(server.folder, "host.pub"), "utf8").split(" ")[1] ?? "";
  expect(readFileSync(file, "utf8")).toBe(
    `# mine\nnot a line\nother.example ssh-ed25519 AAAA\n[127.0.0.1]:${target.port} ssh-ed25519 ${blob(target)}\n`,
  );
  expect(execFileSync("stat", ["-c", "%a", file], { encoding: "utf8" }).trim()).toBe("640");
  expect(readdirSync(join(home, ".ssh")).filter((name) => name.includes("lock"))).toEqual([]);
  writeFileSync(file, `[127.0.0.1]:${target.port} ssh-ed25519 ${blob(other)}\n`);
  await expect(fleet.shareKey(id)).rejects.toMatchObject({
    code: "conflict",
    hint: expect.stringContaining(`ssh-keygen -f ${file} -R '[127.0.0.1]:${target.port}'`),
  });
  expect(readFileSync(file, "utf8")).toContain(blob(other));
});

test("a key with a passphrase: named, opened with the right one only, kept, and never written in clear", async () => {
  const target = await serve();
  const key = join(home, ".ssh", "id_ed25519");
  const passphrase = `open-${process.pid}-sesame`;
  execFileSync("cp", [join(target.folder, "id"), key]);
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key]);
  const fleet = await open();
  const { id } = await fleet.add({ user: "root", host: "127.0.0.1", port: target.port }, null);
  await until(fleet, "asking", isNew);
  await fleet.trust(id, target.fingerprint);
  const refused = await until(fleet, "refused", (device) => device.state === "auth-failed");
  expect(refused.lockedKeys).toEqual([key]);
  expect(refused.trouble?.hint).toContain(`${key} has a passphrase: give it to Bayplan`);
  await expect(fleet.unlockKey(id, key, "wrong")).rejects.toMatchObject({ code: "bad-input" });
  await expect(fleet.unlockKey(id, "/etc/shadow", passphrase)).rejects.toMatchObject({ code: "not-found" });
  expect((await fleet.unlockKey(id, key, passphrase)).kept).toBe("session");
  const inside = await until(fleet, "in", isIn);
  expect(inside.lockedKeys).toBeUndefined();
  const files = readdirSync(dataFolder).map((name) => readFileSync(join(dataFolder, name), "utf8"));
  expect([...files, JSON.stringify(fleet.list())].join("\n")).not.toContain(passphrase);
  await fleet.close();

  // The next process: from a file that nobody else may read.
  const file = join(home, "passphrase");
  writeFileSync(file, `${passphrase}\n`, { mode: 0o644 });
  process.env.BAYPLAN_SSH_KEY_PASSPHRASE_FILE = file;
  const open2 = await open();
  const readable = await until(open2, "refused", (device) => device.state === "auth-failed");
  expect(readable.trouble?.hint).toContain(`others may read the passphrase file ${file}: chmod 600`);
  chmodSync(file, 0o600);
  await open2.retry(readable.id);
  await until(open2, "in", isIn);
});

test("a jump host that is agreed to as a device lets the one behind it through", async () => {
  const [hop, target] = [await serve(), await serve()];
  writeConfig(hostLines("bench", target, "  ProxyJump hop") + hostLines("hop", hop));
  const fleet = await open();
  const behind = await fleet.add({ user: null, host: "bench", port: null }, null);
  await until(fleet, "stopped at the hop", (device) => device.trouble?.code === "key-unknown");
  const { id } = await fleet.add({ user: "root", host: "hop", port: hop.port }, null);
  await until(fleet, "asking", (device) => device.id === id && isNew(device));
  await fleet.trust(id, hop.fingerprint);
  await until(fleet, "in", (device) => device.id === id && isIn(device));
  await fleet.retry(behind.id);
  const asking = await until(fleet, "asking", (device) => device.id === behind.id && isNew(device));
  expect(asking.hostKey.offered?.fingerprint).toBe(target.fingerprint);
});

test("IdentitiesOnly: of the keys in the agent, the named one alone is offered", async () => {
  const target = await serve({ MaxAuthTries: "2" });
  const socket = join(home, "agent.sock");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  try {
    await expect.poll(() => existsSync(socket)).toBe(true);
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    for (let i = 0; i < 4; i += 1) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, `other-${i}`)]);
      execFileSync("ssh-add", ["-q", join(home, `other-${i}`)], { env, stdio: "ignore" });
    }
    execFileSync("ssh-add", ["-q", join(target.folder, "id")], { env, stdio: "ignore" });
    // Only the public half is left on the disk: the agent has the key.
    writeFileSync(join(home, "mine.pub"), readFileSync(join(target.folder, "id.pub")));
    writeConfig(
      hostLines("bench", target, `  IdentityAgent ${socket}`).replace(`${target.folder}/id`, join(home, "mine")),
    );
    know(target);
    const fleet = await open();
    await fleet.add({ user: null, host: "bench", port: null }, null);
    const device = await until(fleet, "in", (one) => isIn(one) || one.state === "auth-failed");
    expect(device.trouble?.code).not.toBe("auth-failed");
  } finally {
    const end = new Promise((resolve) => agent.once("exit", resolve));
    agent.kill();
    await end;
  }
});

test("a host that stands in ssh_config is reached as its alias says, is one device, and stays so over a restart", async () => {
  const [hop, target] = [await serve(), await serve()];
  writeConfig(hostLines("bench", target, "  ProxyJump hop") + hostLines("hop", hop));
  know(hop);
  const fleet = await open([sshConfigSource({ home })]);
  const listed = await until(fleet, "listed", (device) => device.sshAlias === "bench");
  expect(listed).toMatchObject({ state: "not-asked", target: { user: "root", host: "bench", port: target.port } });
  expect(target.log() + hop.log()).not.toMatch(/Accepted|closed by/);
  // Adding it by its alias is wanting the one that is listed.
  expect((await fleet.add({ user: null, host: "bench", port: null }, null)).id).toBe(listed.id);
  await until(fleet, "asking for trust", (device) => device.id === listed.id && isNew(device));
  await fleet.trust(listed.id, target.fingerprint);
  await until(fleet, "in", (device) => device.id === listed.id && isIn(device));
  expect(hop.log()).toContain("Accepted publickey");
  expect(fleet.list().filter((device) => device.sshAlias === "bench" || device.name === "bench")).toHaveLength(1);
  await fleet.close();

  const hopsBefore = hop.log().split("Accepted publickey").length;
  const again = await open();
  const back = await until(again, "in again", isIn);
  expect(back.target.host).toBe("bench");
  expect(hop.log().split("Accepted publickey").length).toBe(hopsBefore + 1);
});

test("a way that is written down while Bayplan runs is taken at once, and two ways at one address are two devices", async () => {
  const [hop, target] = [await serve(), await serve()];
  writeConfig(hostLines("bench", target, "  ProxyJump root@127.0.0.1:9"));
  know(hop);
  const fleet = await open([sshConfigSource({ home, checkMs: 50 })]);
  const { id } = await until(fleet, "listed", (device) => device.sshAlias === "bench");
  await fleet.retry(id);
  await until(fleet, "stopped", (device) => device.trouble?.message.includes("127.0.0.1:9 refuses") === true);
  writeConfig(
    hostLines("bench", target, "  ProxyJump hop") +
      hostLines("hop", hop) +
      hostLines("near", target, "  HostKeyAlias x"),
  );
  const asking = await until(fleet, "asking for trust", (device) => device.id === id && isNew(device));
  expect(asking.hostKey.offered?.fingerprint).toBe(target.fingerprint);
  const near = await until(fleet, "listed, too", (device) => device.sshAlias === "near");
  expect(near).toMatchObject({ state: "not-asked", addresses: ["127.0.0.1"] });
  expect(near.id).not.toBe(id);
  writeConfig(hostLines("hop", hop));
  await expect.poll(() => fleet.list().map((device) => device.sshAlias), { timeout: 5_000 }).not.toContain("near");
});

test("who is added is tried once, not twice: each refused login counts against this machine there", async () => {
  const [target, other] = [await serve(), await serve()];
  writeConfig(hostLines("barred", target).replace(`${target.folder}/id`, `${other.folder}/id`));
  know(target);
  const refusals = () =>
    target.log().split(/Connection (?:closed|reset) by authenticating user|Disconnected from authenticating user/)
      .length - 1;
  const fleet = await open([sshConfigSource({ home })]);
  const { id } = await fleet.add({ user: null, host: "barred", port: null }, null);
  await until(fleet, "refused", (device) => device.state === "auth-failed");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(refusals()).toBe(1);
  await fleet.retry(id);
  await until(fleet, "refused again", (device) => device.state === "auth-failed");
  await expect.poll(refusals, { timeout: 5_000 }).toBe(2);
});

test("a server that asks for a one-time code is told what it is, and gets no answer", async () => {
  const server = await startQuestionServer([
    [{ prompt: "Password: ", echo: false }],
    [{ prompt: "\u001b[31mVerification code: ", echo: false }],
  ]);
  try {
    const fleet = await open();
    const { id } = await fleet.add({ user: "pi", host: "127.0.0.1", port: server.port }, null);
    const asking = await until(fleet, "asking", isNew);
    await fleet.trust(id, asking.hostKey.offered?.fingerprint ?? "");
    const first = await until(fleet, "refused", (device) => device.state === "auth-failed");
    expect(first.trouble?.message).toContain("takes: keyboard-interactive");
    await fleet.setPassword(id, "pi", "the right one");
    const second = await until(
      fleet,
      "refused again",
      (device) => device.trouble?.message.includes("asks for") === true,
    );
    expect(second).toMatchObject({ state: "auth-failed", trouble: { code: "auth-failed" } });
    expect(second.trouble?.message).toContain('asks for "[31mVerification code:", which Bayplan cannot answer');
    expect(second.trouble?.hint).toContain("ssh-copy-id");
    expect(server.answers).toEqual([["the right one"]]);
  } finally {
    await server.stop();
  }
});

test("the command line asks for a passphrase on a terminal, without an echo, and writes known_hosts when asked", async () => {
  const target = await serve();
  const key = join(home, ".ssh", "id_ed25519");
  const passphrase = `type-${process.pid}-me`;
  execFileSync("cp", [join(target.folder, "id"), key]);
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key]);
  const address = `root@127.0.0.1:${target.port}`;
  const cli = join(import.meta.dirname, "../../out/main/cli.js");
  const env = { ...process.env, HOME: home, BAYPLAN_HOME: dataFolder, SSH_AUTH_SOCK: "", NO_COLOR: "1" };
  /** On a terminal of its own (script(1)), typing each line when it is asked for. */
  async function onTerminal(words: string[], lines: string[]): Promise<string> {
    const line = [process.execPath, cli, ...words].join(" ");
    const child = spawn("script", ["-qec", line, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    let typed = 0;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const questions = text.split("Passphrase of").length - 1;
      while (typed < Math.min(questions, lines.length)) child.stdin.write(`${lines[typed++]}\r`);
    });
    await new Promise((resolve) => child.once("close", resolve));
    return text;
  }
  const trusted = await onTerminal(
    ["devices", "trust", address, "--fingerprint", target.fingerprint, "--known-hosts"],
    [],
  );
  expect(trusted).toContain(`Its key is in ${join(home, ".ssh", "known_hosts")} now.`);
  const text = await onTerminal(["ps", address], ["wrong", passphrase]);
  expect(text).toContain(`This is not the passphrase of ${key}.`);
  expect(text.split("Passphrase of").length - 1).toBe(2);
  expect(text).not.toContain(passphrase);
  expect(text).not.toContain("wrong");
  expect(target.log()).toContain("Accepted publickey");
  // Without a terminal nobody is asked, and the hint says what to do.
  const silent = await new Promise<string>((resolve) =>
    execFile(process.execPath, [cli, "ps", address], { env }, (_error, _stdout, stderr) => resolve(stderr)),
  );
  expect(silent).toContain(`${key} has a passphrase: give it to Bayplan`);
});
