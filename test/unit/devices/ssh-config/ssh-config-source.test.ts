/** The hosts of an ssh configuration, through the real ssh; `ssh -G` connects to nobody. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SightingEvent } from "../../../../src/main/devices/discovery-source.ts";
import { readConfigLines } from "../../../../src/main/devices/ssh-config/config-lines.ts";
import { findAliases, MAX_ALIASES } from "../../../../src/main/devices/ssh-config/find-aliases.ts";
import { parseResolved } from "../../../../src/main/devices/ssh-config/resolve-alias.ts";
import { sshConfigSource } from "../../../../src/main/devices/ssh-config/ssh-config-source.ts";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-ssh-config-"));
  await mkdir(join(home, ".ssh"));
});

afterEach(() => rm(home, { recursive: true, force: true }));

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

test("what ssh prints is read strictly", () => {
  expect(parseResolved("x", "user pi\nhostname fe80::1%eth0\nport 2222\n")).toEqual({
    alias: "x",
    host: "fe80::1%eth0",
    port: 2222,
    user: "pi",
  });
  expect(parseResolved("gh", "user git\nhostname example.com\nport 22\n")).toBeNull();
  expect(parseResolved("gh", "user me\nhostname ssh.github.com\nport 443\n")).toBeNull();
  expect(parseResolved("n", "user me\nhostname notgithub.com\nport 22\n")).toMatchObject({ host: "notgithub.com" });
  for (const wrong of ["", "user pi\nport 22\n", "user pi\nhostname a\nport 0\n", "user pi\nhostname a b\nport 22\n"]) {
    expect(() => parseResolved("x", wrong), wrong).toThrow(expect.objectContaining({ code: "bad-input" }));
  }
});

async function attach(ssh?: string) {
  const events: SightingEvent[] = [];
  const source = sshConfigSource({ home, ...(ssh === undefined ? {} : { ssh }) });
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
    expect((await attach(join(home, "no-such-ssh"))).evidence[0]).toMatchObject({
      state: "failed",
      detail: "1 hosts not read: There is no ssh on this machine.",
    });
    const broken = join(home, "ssh");
    await writeFile(broken, "#!/bin/sh\necho 'it is broken' >&2\nexit 3\n");
    await chmod(broken, 0o755);
    expect((await attach(broken)).evidence[0]).toMatchObject({
      state: "failed",
      detail: "0 hosts read, 1 not: it is broken",
    });
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
