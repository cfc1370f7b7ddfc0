import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  askSshConfig,
  expandPath,
  parseAnswer,
  parseProxyJump,
  readSshConfig,
} from "../../../src/main/ssh/ssh-config.ts";
import { foundRoute, namedRoute, RouteError } from "../../../src/main/ssh/ssh-route.ts";

const usual = parseAnswer(`host bench
user me
hostname bench
port 22
identitiesonly no
identityfile ~/.ssh/id_rsa
identityfile ~/.ssh/id_ed25519
hashknownhosts no
userknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/known_hosts2
globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2
`);

function read(change: string) {
  const changed = parseAnswer(change);
  return readSshConfig("bench", "/home/me", new Map([...usual, ...changed]), usual);
}

describe("what ssh says of a host", () => {
  test("nothing that is not said of every host: not named, no keys of its own", () => {
    expect(read("")).toMatchObject({
      isNamed: false,
      hostName: "bench",
      port: 22,
      identities: { files: null, unreadable: [], only: false, agent: undefined },
      proxyJump: [],
      proxyCommand: null,
      hostKeyAlias: null,
      hashKnownHosts: false,
    });
  });

  test("its own address, port, user, keys, agent, alias and files", () => {
    const config = read(
      [
        "hostname 10.0.0.5",
        "port 2222",
        "user pi",
        "identityfile ~/.ssh/%r@%h",
        "identityfile ~/.ssh/with space",
        "identityfile ~/.ssh/%Z",
        "identitiesonly yes",
        "identityagent /run/agent.sock",
        "hostkeyalias Bench",
        "userknownhostsfile /home/me/.ssh/one /home/me/.ssh/tw o ~/three",
        "hashknownhosts yes",
        "proxyjump none",
      ].join("\n"),
    );
    expect(config).toMatchObject({
      isNamed: true,
      hostName: "10.0.0.5",
      port: 2222,
      user: "pi",
      hostKeyAlias: "Bench",
    });
    expect(config.identities).toEqual({
      files: ["/home/me/.ssh/pi@10.0.0.5", "/home/me/.ssh/with space"],
      unreadable: ["~/.ssh/%Z"],
      only: true,
      agent: "/run/agent.sock",
    });
    expect(config.knownHostsFiles.slice(0, 3)).toEqual(["/home/me/.ssh/one", "/home/me/.ssh/tw o", "/home/me/three"]);
    expect(config.hashKnownHosts).toBe(true);
  });

  test("no agent, the agent of a variable, and the usual one", () => {
    expect(read("identityagent none").identities.agent).toBeNull();
    expect(read("identityagent SSH_AUTH_SOCK").identities.agent).toBeUndefined();
    expect(read("identityagent $NO_SUCH_VARIABLE_HERE").identities.agent).toBeNull();
  });

  test("a ProxyCommand is told, and that there is none", () => {
    expect(read("proxycommand nc %h %p").proxyCommand).toBe("nc %h %p");
    expect(read("proxycommand none").proxyCommand).toBeNull();
  });
});

describe("the words inside of paths", () => {
  const tokens = { host: "bench", hostName: "10.0.0.5", port: 2222, user: "pi", hostKeyAlias: null, home: "/home/me" };
  test.each<[string, string | null]>([
    ["~/.ssh/id", "/home/me/.ssh/id"],
    ["/keys/%h/%n/%p/%r/%k", "/keys/10.0.0.5/bench/2222/pi/bench"],
    ["%d/.ssh/100%%", "/home/me/.ssh/100%"],
    ["/keys/%u", `/keys/${userInfo().username}`],
    ["/keys/%C", null],
    ["relative", null],
    [["/keys/$", "{NO_SUCH_VARIABLE_HERE}"].join(""), null],
    ["~other/.ssh/id", null],
  ])("%s: %s", (path, full) => {
    expect(expandPath(path, tokens)).toBe(full);
  });
});

describe("ProxyJump", () => {
  test.each([
    ["jump", [{ user: null, host: "jump", port: null }]],
    ["me@jump:2200", [{ user: "me", host: "jump", port: 2200 }]],
    ["ssh://me@jump:2200/", [{ user: "me", host: "jump", port: 2200 }]],
    ["me@[fe80::1%eth0]:22", [{ user: "me", host: "fe80::1%eth0", port: 22 }]],
    [
      "a, b@c",
      [
        { user: null, host: "a", port: null },
        { user: "b", host: "c", port: null },
      ],
    ],
  ])("%s", (text, jumps) => {
    expect(parseProxyJump(text)).toEqual(jumps);
  });

  test.each(["", "-oProxyCommand=x", "a;b", "jump:0", "jump:99999", "a,,b", "$(x)"])("%j is none", (text) => {
    expect(() => parseProxyJump(text)).toThrowError(expect.objectContaining({ code: "bad-input" }));
  });
});

describe("the real ssh", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "bayplan-config-"));
    mkdirSync(join(home, ".ssh"), { mode: 0o700 });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const write = (text: string) => writeFileSync(join(home, ".ssh", "config"), text, { mode: 0o600 });

  test("says what the file says, with patterns, and nothing of other hosts", async () => {
    write("Host ben*\n  HostName 10.0.0.5\n  User pi\n  ProxyJump me@jump,second\n  IdentityFile ~/.ssh/bench\n");
    expect(await askSshConfig("bench", home)).toMatchObject({
      isNamed: true,
      hostName: "10.0.0.5",
      user: "pi",
      identities: { files: [join(home, ".ssh", "bench")] },
      proxyJump: [
        { user: "me", host: "jump", port: null },
        { user: null, host: "second", port: null },
      ],
    });
    expect(await askSshConfig("10.0.0.9", home)).toMatchObject({ isNamed: false, identities: { files: null } });
  });

  test("keys for all hosts do not make a host named", async () => {
    write("Host *\n  IdentityFile ~/.ssh/work\n  ServerAliveInterval 60\n");
    const config = await askSshConfig("10.0.0.9", home);
    expect(config).toMatchObject({ isNamed: false, identities: { files: [join(home, ".ssh", "work")] } });
  });

  test("a jump host's own jump host comes before it, and only for the first of a chain", async () => {
    write(
      "Host end\n  ProxyJump one,two\nHost one\n  ProxyJump zero\n  Port 2201\nHost two\n  ProxyJump nowhere\nHost zero\n  HostName 10.0.0.1\n",
    );
    const route = await namedRoute({ user: "pi", host: "end", port: 22 }, home);
    expect(route.jumps.map(({ target }) => `${target.host}:${target.port}`)).toEqual(["zero:22", "one:2201", "two:22"]);
    expect(route.jumps[0]?.dial).toEqual({ host: "10.0.0.1", port: 22 });
  });

  test("an address that was found takes keys alone; one that was given, everything", async () => {
    write("Host 10.0.0.*\n  ProxyJump jump\n  HostName 10.9.9.9\n  IdentityFile ~/.ssh/lan\n");
    const target = { user: "pi", host: "10.0.0.5", port: 22 };
    const found = await foundRoute(target, home);
    expect(found).toMatchObject({
      jumps: [],
      end: { dial: { host: "10.0.0.5" }, identities: { files: [join(home, ".ssh", "lan")] } },
    });
    const named = await namedRoute(target, home);
    expect([named.jumps.length, named.end.dial.host]).toEqual([1, "10.9.9.9"]);
  });

  test("a circle is no way, and neither is a ProxyCommand", async () => {
    write("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\nHost c\n  ProxyCommand nc %h %p\n");
    await expect(namedRoute({ user: "pi", host: "a", port: 22 }, home)).rejects.toBeInstanceOf(RouteError);
    await expect(namedRoute({ user: "pi", host: "c", port: 22 }, home)).rejects.toMatchObject({ code: "unsupported" });
  });

  test("a file that cannot be read: an error for a given address, a note for a found one", async () => {
    write("Host *\n  Nonsense yes\n");
    const target = { user: "pi", host: "10.0.0.7", port: 22 };
    await expect(namedRoute(target, home)).rejects.toMatchObject({ code: "bad-input" });
    expect((await foundRoute(target, home)).note).toContain("nonsense");
  });

  test.each(["-oProxyCommand=touch x", "-G", "a b", "a;b", "$(x)", "`x`", "a\nb", "", "../x", "x".repeat(300)])(
    "%j is never given to it",
    async (host) => {
      await expect(askSshConfig(host, home)).rejects.toMatchObject({ code: "bad-input" });
    },
  );

  test("a Match exec that hangs is given up", async () => {
    write('Match exec "sleep 60"\n  User x\n');
    await expect(askSshConfig("hangs", home)).rejects.toMatchObject({ code: "timed-out" });
  });

  test("is the ssh of this account when the home is its own", () => {
    expect(homedir()).toBe(userInfo().homedir);
    expect(
      execFileSync("ssh", ["-G", "--", "bench"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    ).toContain("hostname bench");
  });
});
