/** What a person's ssh configuration holds, what `ssh -G` makes of it, and what a login shell prints. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { findAliases, MAX_ALIASES } from "../../src/main/devices/ssh-config/find-aliases.ts";
import { MarkerFilter } from "../../src/main/ssh/exec-frame.ts";
import { parseAnswer, readSshConfig } from "../../src/main/ssh/ssh-config.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { chunked, FUZZ_TIMEOUT_MS, fuzz, hostileText } from "./fuzz.ts";

const expected = (error: unknown): boolean => error instanceof AppError;

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-fuzz-"));
  await mkdir(join(home, ".ssh"));
  await writeFile(join(home, ".ssh", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.conf"), "Host included\n");
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

const CONFIG_WORDS = [
  "Host press-line-01 press-line-02\n",
  "Host *\n",
  'Host "a b" !c\n',
  "host=x\n",
  "  HostName 10.0.0.7\n",
  "Include *.conf\n",
  "Include config\n",
  "Include ~/.ssh/config /etc/passwd\n",
  "Include *a*a*a*a*a*a*a*a*a*a*a*a*b\n",
  "Include ../../../../*\n",
  "Match exec true\n",
  '"',
  "#",
  "-oProxyCommand=x",
];

test(
  "an ssh configuration gives names of hosts, as many as a person can look at",
  () =>
    fuzz("ssh_config", hostileText(CONFIG_WORDS), async (text) => {
      await writeFile(join(home, ".ssh", "config"), text);
      const found = await findAliases(home);
      if (found.aliases.length > MAX_ALIASES) throw new Error(`${found.aliases.length} aliases`);
      for (const alias of found.aliases)
        if (alias.startsWith("-") || /[\s\p{Cc}]/u.test(alias)) throw new Error(`no alias: ${JSON.stringify(alias)}`);
    }),
  FUZZ_TIMEOUT_MS,
);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of an ssh configuration.
const ANSWER_WORDS = [
  "hostname 10.0.0.7\n",
  "hostname -oProxyCommand=x\n",
  "user pi\n",
  "port 22\n",
  "port 99999\n",
  "identityfile ~/.ssh/id_ed25519\n",
  "identityfile %d/%h/%n/%C/${HOME}\n",
  "identityfile ${constructor}/${__proto__}\n",
  "identityagent $SSH_AUTH_SOCK\n",
  "identityagent ~/x\n",
  "identitiesonly yes\n",
  "proxyjump a@b:22,[::1]:2222,ssh://c/\n",
  "proxyjump ",
  "proxycommand nc %h %p\n",
  "hostkeyalias x\n",
  "userknownhostsfile ~/a b ~/c\n",
  "globalknownhostsfile /etc/ssh/known hosts /x\n",
  "hashknownhosts yes\n",
  "constructor x\n",
  "__proto__ x\n",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: end.

test(
  "the answer of ssh -G is a place and paths that can be used, or it is refused",
  () =>
    fuzz(
      "ssh -G",
      fc.tuple(hostileText(ANSWER_WORDS), hostileText(ANSWER_WORDS)),
      ([asked, usual]) => {
        const config = readSshConfig("press-line-01", "/home/pi", parseAnswer(asked), parseAnswer(usual));
        checkPlace(config.hostName, config.port, config.user);
        const paths = [...(config.identities.files ?? []), ...config.knownHostsFiles, config.identities.agent ?? "/"];
        for (const path of paths) if (!path.startsWith("/")) throw new Error(`no path: ${JSON.stringify(path)}`);
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

function checkPlace(host: string, port: number, user: string): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`port ${port}`);
  if (host === "" || /[\s\p{Cc}]/u.test(host)) throw new Error(`no host: ${JSON.stringify(host.slice(0, 80))}`);
  if (user === "" || /\p{Cc}/u.test(user)) throw new Error(`no user: ${JSON.stringify(user.slice(0, 80))}`);
}

const MARKER = "bayplan-0123456789abcdef01234567";

test(
  "what a login shell prints is held apart from the command's output, however it is cut",
  () =>
    fuzz(
      "exec frames",
      fc.tuple(
        hostileText([`${MARKER} `, `${MARKER} 12\n`, `\n${MARKER} 99999999999\n`, "\n", `x${MARKER} 1\n`, "12\n"]),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2_000 }),
      ),
      ([text, cuts]) => {
        const read = (chunks: readonly Buffer[]): string => {
          const filter = new MarkerFilter(MARKER);
          const output: Buffer[] = [];
          try {
            for (const chunk of chunks) output.push(filter.take(chunk) ?? Buffer.alloc(0));
          } catch (error) {
            return String(error);
          }
          if (filter.pid !== null && filter.pid > 9_999_999) throw new Error(`process id ${filter.pid}`);
          if (Buffer.byteLength(filter.noise) > 16 * 1024) throw new Error("noise without a bound");
          return `${filter.pid} ${Buffer.concat(output).toString("latin1")}`;
        };
        const bytes = Buffer.from(text);
        // Past the bound it depends on the cuts where it is given up.
        if (bytes.length < 200_000 && read([bytes]) !== read(chunked(bytes, cuts)))
          throw new Error("other output in other chunks");
      },
    ),
  FUZZ_TIMEOUT_MS,
);
