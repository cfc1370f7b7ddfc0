/** The hosts of an ssh configuration, through the real ssh; `ssh -G` connects to nobody. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SightingEvent } from "../../../../src/main/devices/discovery-source.ts";
import { readConfigLines } from "../../../../src/main/devices/ssh-config/config-lines.ts";
import { findAliases, MAX_ALIASES } from "../../../../src/main/devices/ssh-config/find-aliases.ts";
import { resolveAlias } from "../../../../src/main/devices/ssh-config/resolve-alias.ts";
import { sshConfigSource } from "../../../../src/main/devices/ssh-config/ssh-config-source.ts";
import { forgetSshConfig } from "../../../../src/main/ssh/index.ts";

let home: string;

const usualPath = process.env.PATH;

beforeEach(async () => {
  forgetSshConfig();
  home = await mkdtemp(join(tmpdir(), "bayplan-ssh-config-"));
  await mkdir(join(home, ".ssh"));
});

afterEach(async () => {
  process.env.PATH = usualPath;
  await rm(home, { recursive: true, force: true });
});

const write = (name: string, text: string) => writeFile(join(home, ".ssh", name), text);

describe("the lines", () => {
  test("one host is what has no wildcard; a pattern, a negation and an option are none", () => {
    const text =
      'Host pi-lab oven\nHost *.example ?x !secret -oProxyCommand=x\n  host="press 7" # later\nHOST\tbench\r\nMatch host z\n';
    expect(readConfigLines(text).aliases).toEqual(["pi-lab", "oven", "bench"]);
  });
  test("includes keep their order; comments and other keywords say nothing", () => {
    const text = '# Include no\nInclude a.conf "b c.conf" # Host x\n  include = d/*\nHostName pi\nHostKeyAlias y\n';
    expect(readConfigLines(text)).toEqual({ aliases: [], includes: ["a.conf", "b c.conf", "d/*"] });
  });
  test("a line without end and one with a NUL are passed over", () => {
    expect(readConfigLines(`Host ${"x".repeat(10_000)}\nHost a\u0000b ok\n`).aliases).toEqual(["ok"]);
  });
});

test("includes are followed, relative and with wildcards, and one that goes in a circle ends", async () => {
  await mkdir(join(home, ".ssh", "conf.d"));
  await write("config", "Include conf.d/*.conf\nInclude ~/.ssh/more nowhere\nHost last\n");
  await write("conf.d/b.conf", "Host second\n");
  await write("conf.d/a.conf", "Host first\nInclude config\n");
  await write("conf.d/.hidden.conf", "Host hidden\n");
  await write("conf.d/c.txt", "Host other\n");
  await write("more", "Host third first\n");
  expect(await findAliases(home)).toEqual({
    aliases: ["last", "first", "second", "third"],
    leftOut: 0,
    unreadable: [],
    files: 4,
  });
});

test("a generated file with thousands of hosts is bounded, and the rest is counted", async () => {
  await write("config", Array.from({ length: 3_000 }, (_, at) => `Host h${at}`).join("\n"));
  const { aliases, leftOut } = await findAliases(home);
  expect(aliases).toHaveLength(MAX_ALIASES);
  expect(leftOut).toBe(3_000 - MAX_ALIASES);
});

test("a folder in place of the file is told of", async () => {
  await mkdir(join(home, ".ssh", "config"));
  expect((await findAliases(home)).unreadable).toEqual([`${join(home, ".ssh", "config")} (EISDIR)`]);
});

test("a place of source code is nobody's device; jump hosts are told as they are written", async () => {
  await write(
    "config",
    [
      "Host gh\n  HostName ssh.github.com\n  User me\n  Port 443",
      "Host mirror\n  HostName example.com\n  User git",
      "Host lookalike\n  HostName notgithub.com\n  User me",
      "Host inner\n  HostName fe80::1\n  User pi\n  Port 2222\n  ProxyJump anna@gate:2200,second",
    ].join("\n"),
  );
  expect(await resolveAlias("gh", home)).toBeNull();
  expect(await resolveAlias("mirror", home)).toBeNull();
  expect(await resolveAlias("lookalike", home)).toMatchObject({ host: "notgithub.com", behind: null });
  expect(await resolveAlias("inner", home)).toEqual({
    alias: "inner",
    host: "fe80::1",
    port: 2222,
    user: "pi",
    behind: "anna@gate:2200,second",
  });
});

async function attach() {
  const events: SightingEvent[] = [];
  const source = sshConfigSource({ home });
  const detach = source.attach((event) => events.push(event));
  await source.firstRound();
  detach();
  const seen = events.flatMap((event) => (event.kind === "detach" ? [] : [event.sighting]));
  return { seen: seen.sort((a, b) => a.name.localeCompare(b.name)), evidence: source.evidence() };
}

describe("the source", () => {
  test("resolves each alias as ssh does, with what a wildcard adds, and leaves code hosts out", async () => {
    await write(
      "config",
      [
        "Host pi-lab",
        "  HostName 10.9.8.7",
        "Host oven",
        "  HostName oven.local",
        "  Port 22222",
        "  User root",
        "Host github.com",
        "  User git",
        "Host *",
        "  User technician",
      ].join("\n"),
    );
    const { seen, evidence } = await attach();
    expect(seen).toMatchObject([
      { key: "ssh-config:oven", source: "ssh-config", user: "root", addresses: ["oven.local"], port: 22222 },
      { key: "ssh-config:pi-lab", source: "ssh-config", user: "technician", addresses: ["10.9.8.7"], port: 22 },
    ]);
    expect(evidence).toEqual([
      { source: "ssh-config", state: "working", detail: "2 hosts that may be devices: oven, pi-lab", hint: null },
    ]);
  });

  test("no file, no ssh, an ssh that hangs up and a broken file are each said", async () => {
    expect((await attach()).evidence[0]).toMatchObject({ state: "off", detail: "there is no ~/.ssh/config" });
    await write("config", "Host a\n  HostName 10.0.0.1\n");
    process.env.PATH = join(home, "no-such-folder");
    expect((await attach()).evidence[0]).toMatchObject({
      state: "failed",
      detail: "1 hosts not read: There is no ssh on this machine.",
    });
    const broken = join(home, "ssh");
    await writeFile(broken, "#!/bin/sh\necho 'it is broken' >&2\nexit 3\n");
    await chmod(broken, 0o755);
    process.env.PATH = home;
    forgetSshConfig();
    expect((await attach()).evidence[0]).toMatchObject({
      state: "failed",
      detail: "0 hosts read, 1 not: The SSH configuration cannot be read: it is broken.",
    });
    process.env.PATH = usualPath;
    forgetSshConfig();
    await write("config", "Host a\n  HostName 10.0.0.1\nNoSuchKeyword yes\n");
    const { evidence, seen } = await attach();
    expect(seen).toEqual([]);
    expect(evidence[0]?.detail).toMatch(/0 hosts read, 1 not: .*NoSuchKeyword|nosuchkeyword/i);
  });

  test("an alias cannot become an option or a command", async () => {
    const mark = join(home, "mark");
    await write("config", `Host -oProxyCommand=touch${mark} $(touch\t${mark}) \`touch\`\n`);
    await attach();
    await expect(rm(mark)).rejects.toThrow("ENOENT");
  });
});

describe("what changes while it listens", () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  /** What is told, as `attach oven 10.0.0.1`, in order. */
  async function listen() {
    const told: string[] = [];
    const source = sshConfigSource({ home, checkMs: 20 });
    stops.push(
      source.attach((event) => {
        if (event.kind === "detach") told.push(`detach ${event.key}`);
        else told.push(`${event.kind} ${event.sighting.name} ${event.sighting.addresses.join()}`);
      }),
    );
    await source.firstRound();
    return { told, source };
  }
  const soon = { timeout: 5_000, interval: 20 };

  test("a host that comes, moves and goes is told of, and the others are not told of again", async () => {
    await write("config", "Host oven\n  HostName 10.0.0.1\nHost press\n  HostName 10.0.0.2\n");
    const { told } = await listen();
    expect(told.splice(0).sort()).toEqual(["attach oven 10.0.0.1", "attach press 10.0.0.2"]);
    await write(
      "config",
      "Host oven\n  HostName 10.0.0.9\nHost press\n  HostName 10.0.0.2\nHost bench\n  HostName b\n",
    );
    await expect.poll(() => [...told].sort(), soon).toEqual(["attach bench b", "update oven 10.0.0.9"]);
    told.splice(0);
    await rm(join(home, ".ssh", "config"));
    await expect
      .poll(() => [...told].sort(), soon)
      .toEqual(["detach ssh-config:bench", "detach ssh-config:oven", "detach ssh-config:press"]);
    told.splice(0);
    await write("config", "Host oven\n  HostName 10.0.0.1\n");
    await expect.poll(() => told, soon).toEqual(["attach oven 10.0.0.1"]);
  });

  test("an included file, one that was missing, and a new one of a pattern count as well", async () => {
    await mkdir(join(home, ".ssh", "conf.d"));
    // ssh takes a relative one for a file in the home of this account.
    const folder = join(home, ".ssh");
    await write("config", `Include ${folder}/conf.d/*.conf\nInclude ${folder}/later\n`);
    await write("conf.d/a.conf", "Host first\n  HostName 10.0.0.1\n");
    const { told } = await listen();
    expect(told.splice(0)).toEqual(["attach first 10.0.0.1"]);
    await write("later", "Host late\n  HostName 10.0.0.2\n");
    await expect.poll(() => told, soon).toEqual(["attach late 10.0.0.2"]);
    await write("conf.d/b.conf", "Host second\n  HostName 10.0.0.3\n");
    await expect.poll(() => told, soon).toEqual(["attach late 10.0.0.2", "attach second 10.0.0.3"]);
    await write("conf.d/a.conf", "Host first\n  HostName 10.0.0.4\n");
    await expect.poll(() => told.slice(2), soon).toEqual(["update first 10.0.0.4"]);
  });

  test("a file that ssh cannot read for a while takes nobody away", async () => {
    await write("config", "Host oven\n  HostName 10.0.0.1\n");
    const { told, source } = await listen();
    await write("config", "Host oven\n  HostName 10.0.0.1\nNoSuchKeyword yes\n");
    await expect.poll(() => source.evidence()[0]?.state, soon).toBe("failed");
    await write("config", "Host oven\n  HostName 10.0.0.1\n");
    await expect.poll(() => source.evidence()[0]?.state, soon).toBe("working");
    expect(told).toEqual(["attach oven 10.0.0.1"]);
  });
});
