import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { AppError } from "../../shared/domain/index.ts";

/** One hop of a ProxyJump; what is null is for that host's own configuration to say. */
export interface JumpSpec {
  user: string | null;
  host: string;
  port: number | null;
}

/** What `ssh` would do for a host, as far as Bayplan does it too. Paths are absolute. */
export interface SshHostConfig {
  hostName: string;
  port: number;
  user: string;
  /** True when the configuration speaks of this host, and not only of all hosts' keys. */
  isNamed: boolean;
  identities: SshIdentities;
  proxyJump: readonly JumpSpec[];
  /** A program that would make the connection; null for none. */
  proxyCommand: string | null;
  hostKeyAlias: string | null;
  knownHostsFiles: readonly string[];
  hashKnownHosts: boolean;
}

/** What the configuration says about keys; `files` is null when it names none, and the usual ones are meant. */
export interface SshIdentities {
  files: readonly string[] | null;
  /** IdentityFile lines that cannot be followed, as they stand there. */
  unreadable: readonly string[];
  /** IdentitiesOnly: of the agent's keys, those of `files` alone. */
  only: boolean;
  /** The agent's socket; null for none, undefined for the one of SSH_AUTH_SOCK. */
  agent: string | null | undefined;
}

const answerTimeoutMs = 5_000;

/** OpenSSH's own SSH_MAX_IDENTITY_FILES. */
const identityFilesMax = 100;

/** No part of it can be an option, a path, or mean anything to a shell. */
const plainHost = /^[A-Za-z0-9_][A-Za-z0-9._:%-]{0,254}$/;

/**
 * Asks the ssh of this machine (`ssh -G`) what its configuration files say about a host. Null when there is no ssh.
 * `home`: whose `.ssh/config` is meant. Throws `bad-input` for what is no host name and for a configuration that ssh
 * itself cannot read, `timed-out` when it does not answer (a `Match exec` of that file may hang).
 */
export async function askSshConfig(host: string, home: string): Promise<SshHostConfig | null> {
  if (!plainHost.test(host)) {
    throw new AppError("bad-input", `${JSON.stringify(host.slice(0, 80))} is no host name.`, {
      hint: "Write it like 192.168.1.20, press-line-01.local or fe80::1%eth0.",
    });
  }
  const key = JSON.stringify([home, host]);
  const before = lately.get(key);
  if (before !== undefined && Date.now() - before.atMs < answerAgeMs) return before.answer;
  if (lately.size >= latelyMax) lately.clear();
  const answer = askAnew(host, home);
  lately.set(key, { atMs: Date.now(), answer });
  return answer;
}

/** A configuration file has changed: what ssh said before is not true any more. */
export function forgetSshConfig(): void {
  lately.clear();
}

/** Many tries come close together: a few addresses of one device, a hundred devices that fell at once. */
const answerAgeMs = 5_000;
const latelyMax = 1_000;
const lately = new Map<string, { atMs: number; answer: Promise<SshHostConfig | null> }>();

async function askAnew(host: string, home: string): Promise<SshHostConfig | null> {
  // Both at once: a connection waits for them.
  const [asked, usual] = await Promise.all([runSsh(host, configFileOf(home)), usualAnswer()]);
  if (asked === null || usual === null) return null;
  return readSshConfig(host, home, parseAnswer(asked), parseAnswer(usual));
}

/** What ssh says without any file: but for the name, the same for every host, so it is asked once. */
let usualAsked: Promise<string | null> | null = null;

function usualAnswer(): Promise<string | null> {
  usualAsked ??= runSsh("localhost", "none").catch((error: unknown) => {
    usualAsked = null;
    throw error;
  });
  return usualAsked;
}

/** Null: ssh looks for its files itself, in the home that this account has. */
function configFileOf(home: string): string | null {
  if (home === userInfo().homedir) return null;
  const file = join(home, ".ssh", "config");
  return existsSync(file) ? file : "none";
}

function runSsh(host: string, configFile: string | null): Promise<string | null> {
  const argv = ["-G", ...(configFile === null ? [] : ["-F", configFile]), "--", host];
  return new Promise((resolve, reject) => {
    const child = execFile(
      "ssh",
      argv,
      { timeout: answerTimeoutMs, killSignal: "SIGKILL", maxBuffer: 1024 * 1024, encoding: "utf8" },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (error.code === "ENOENT") return resolve(null);
        if (error.killed === true) {
          const late = `ssh has not said for ${answerTimeoutMs / 1000} s what its configuration means for ${host}.`;
          return reject(new AppError("timed-out", late, { hint: `Try it by hand: ssh -G ${host}.`, cause: error }));
        }
        const said = stderr.split("\n").find((line) => line.trim() !== "" && !line.startsWith("Pseudo-terminal"));
        const message = `The SSH configuration cannot be read: ${said?.trim().slice(0, 300) ?? "ssh does not say why"}.`;
        reject(new AppError("bad-input", message, { hint: `Try it by hand: ssh -G ${host}.`, cause: error }));
      },
    );
    child.stdin?.end();
  });
}

/** `keyword value` a line; some keywords come several times (ssh -G, ssh(1)). */
export function parseAnswer(text: string): Map<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const at = line.indexOf(" ");
    if (at <= 0) continue;
    const word = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    const known = values.get(word);
    // A copy for each line would take minutes for a million of them.
    if (known === undefined) values.set(word, [value]);
    else known.push(value);
  }
  return values;
}

type Answer = ReadonlyMap<string, readonly string[]>;

/** Reads what ssh said for a host, beside what it says without any file. Throws `bad-input` for what is no place. */
export function readSshConfig(host: string, home: string, asked: Answer, usual: Answer): SshHostConfig {
  const first = (word: string): string | null => valueIn(asked.get(word)?.[0]);
  const differs = (word: string): boolean => asked.get(word)?.join("\n") !== usual.get(word)?.join("\n");
  const hostName = first("hostname") ?? host;
  // Without a file it says the host itself, in small letters.
  const isElsewhere = hostName.toLowerCase() !== host.toLowerCase();
  const port = Number(first("port") ?? "22");
  const user = first("user") ?? userInfo().username;
  if (/[\s\p{Cc}]/u.test(hostName) || /\p{Cc}/u.test(user) || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new AppError("bad-input", `ssh does not say where ${JSON.stringify(host)} is.`, {
      hint: `Look at what it says: ssh -G ${host}.`,
    });
  }
  const hostKeyAlias = first("hostkeyalias");
  const tokens = { host, hostName, port, user, hostKeyAlias, home };
  const identityFiles = (asked.get("identityfile") ?? [])
    .slice(0, identityFilesMax)
    .flatMap((path) => valueIn(path) ?? []);
  const expanded = identityFiles.map((path) => ({ path, full: expandPath(path, tokens) }));
  const namesKeys = differs("identityfile");
  const knownHosts = ["userknownhostsfile", "globalknownhostsfile"].flatMap((word) => splitPaths(first(word)));
  const proxyCommand = first("proxycommand");
  return {
    hostName,
    port,
    user,
    isNamed: isElsewhere || ["port", "proxyjump", "proxycommand", "hostkeyalias", "user"].some(differs),
    identities: {
      files: namesKeys ? expanded.flatMap(({ full }) => full ?? []) : null,
      unreadable: namesKeys ? expanded.filter(({ full }) => full === null).map(({ path }) => path) : [],
      only: first("identitiesonly") === "yes",
      agent: agentOf(asked.get("identityagent")?.[0], tokens),
    },
    proxyJump: parseProxyJump(first("proxyjump")),
    proxyCommand,
    hostKeyAlias,
    knownHostsFiles: knownHosts.flatMap((path) => expandPath(inHome(path, home), tokens) ?? []),
    hashKnownHosts: first("hashknownhosts") === "yes",
  };
}

function valueIn(value: string | undefined): string | null {
  return value === undefined || value === "" || value.toLowerCase() === "none" ? null : value;
}

/** ssh -G puts several paths on one line, with spaces of their own unmarked: each begins with a slash or a tilde. */
function splitPaths(value: string | null): string[] {
  return value === null ? [] : value.split(/\s+(?=[/~%$])/);
}

/** ssh knows the home of the account alone; Bayplan may have been told another. */
function inHome(path: string, home: string): string {
  const own = userInfo().homedir;
  return home !== own && path.startsWith(`${own}/`) ? join(home, path.slice(own.length)) : path;
}

function agentOf(value: string | undefined, tokens: Tokens): string | null | undefined {
  if (value === undefined || value === "SSH_AUTH_SOCK") return undefined;
  if (value.toLowerCase() === "none") return null;
  if (/^\$[A-Za-z_]\w*$/.test(value)) return process.env[value.slice(1)] || null;
  return expandPath(inHome(value, tokens.home), tokens);
}

interface Tokens {
  host: string;
  hostName: string;
  port: number;
  user: string;
  hostKeyAlias: string | null;
  home: string;
}

/** `~`, `%x` and `${NAME}` (ssh_config(5), TOKENS and ENVIRONMENT VARIABLES). Null when one of them is not known here. */
export function expandPath(path: string, tokens: Tokens): string | null {
  const known: Record<string, string> = {
    "%": "%",
    d: tokens.home,
    h: tokens.hostName,
    i: String(userInfo().uid),
    k: tokens.hostKeyAlias ?? tokens.host,
    L: hostname().split(".")[0] ?? "",
    l: hostname(),
    n: tokens.host,
    p: String(tokens.port),
    r: tokens.user,
    u: userInfo().username,
  };
  let isKnown = true;
  const full = path
    .replace(/^~(?=\/|$)/, tokens.home)
    .replaceAll(/%(.)|\$\{(\w+)\}/g, (_, token: string | undefined, name: string | undefined) => {
      const value = token === undefined ? process.env[name ?? ""] : known[token];
      if (value === undefined) isKnown = false;
      return value ?? "";
    });
  return isKnown && full.startsWith("/") ? full : null;
}

/** `[user@]host[:port]`, also as `ssh://…`, with commas between (ssh_config(5), ProxyJump). Throws `bad-input`. */
export function parseProxyJump(value: string | null): JumpSpec[] {
  if (value === null) return [];
  return value.split(",").map((part) => {
    const text = part
      .trim()
      .replace(/^ssh:\/\//, "")
      .replace(/\/$/, "");
    const match = /^(?:([^@\s]+)@)?(?:\[([^\]]+)\]|([^:\s]+)|([0-9a-fA-F:.%]+))(?::(\d{1,5}))?$/.exec(text);
    const host = match?.[2] ?? match?.[3] ?? match?.[4];
    const port = match?.[5] === undefined ? null : Number(match[5]);
    if (host === undefined || !plainHost.test(host) || (port !== null && (port < 1 || port > 65_535))) {
      throw new AppError("bad-input", `ProxyJump names ${JSON.stringify(part.slice(0, 80))}, which is no host.`, {
        hint: "Correct it in ~/.ssh/config: user@host:port, several with commas between.",
      });
    }
    return { user: match?.[1] ?? null, host, port };
  });
}
