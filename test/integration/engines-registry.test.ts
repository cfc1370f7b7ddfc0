import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { docker, tryDocker } from "../lab/docker.ts";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { LOCAL_ENGINE_SOCKET } from "../lab/names.ts";
import { type LabRegistry, REGISTRY_ACCOUNT, startRegistry } from "../lab/registry.ts";
import { tryRun } from "../lab/run.ts";
import { failureOf } from "./engines-fixture.ts";

const { username, password } = REGISTRY_ACCOUNT;
let registry: LabRegistry;
let image: string;
let folder: string;
const engines: Engine[] = [];
const folders: string[] = [];

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  registry = await startRegistry();
  // A configuration of its own makes an image that the engine has nothing of but the layer.
  await docker(LOCAL_ENGINE_SOCKET, ["build", "-q", "-t", "bayplan-test/registry:1", "-"], {
    input: `FROM ${BUSYBOX_IMAGE}\nLABEL from=registry\n`,
    env: { DOCKER_BUILDKIT: "0" },
  });
  image = await registry.push("gateway/sensor:1", "bayplan-test/registry:1");
  await docker(LOCAL_ENGINE_SOCKET, ["rmi", "bayplan-test/registry:1"]);
});

afterAll(async () => {
  await registry.stop();
});

afterEach(async () => {
  for (const engine of engines.splice(0)) engine.close();
  await tryDocker(LOCAL_ENGINE_SOCKET, ["rmi", image]);
  for (const one of folders.splice(0)) await rm(one, { recursive: true, force: true });
});

/** An engine with the accounts of this config.json, and helpers on the PATH: names with what each does. */
async function engineWith(config: unknown, helpers: Record<string, string> = {}): Promise<Engine> {
  folder = await mkdtemp(join(tmpdir(), "bayplan-accounts-"));
  folders.push(folder);
  if (config !== null) {
    const text = typeof config === "string" ? config : JSON.stringify(config);
    await writeFile(join(folder, "config.json"), text);
  }
  for (const [name, script] of Object.entries(helpers)) {
    const path = join(folder, `docker-credential-${name}`);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
  const env = {
    DOCKER_HOST: `unix://${LOCAL_ENGINE_SOCKET}`,
    DOCKER_CONFIG: folder,
    PATH: `${folder}:${process.env.PATH}`,
  };
  const engine = await openLocalEngine(env, folder);
  engines.push(engine);
  return engine;
}

async function pull(engine: Engine, signal = new AbortController().signal): Promise<string[]> {
  const said: string[] = [];
  await engine.pullImage(image, (text) => said.push(text), signal);
  return said;
}

/** Everything that a failure says, its causes too. */
function allWords(error: unknown): string {
  return error instanceof AppError
    ? `${error.message} ${error.hint} ${error.stack} ${allWords(error.cause)}`
    : String(error);
}

function expectNoSecret(words: string): void {
  for (const secret of [password, Buffer.from(`${username}:${password}`).toString("base64")]) {
    expect(words).not.toContain(secret);
  }
}

const given = `cat >/dev/null; echo '{"ServerURL":"x","Username":"${username}","Secret":"${password}"}'`;

describe("an image of a registry that wants an account", () => {
  it("is refused without one, with the registry, where was looked, and what to do", async () => {
    const engine = await engineWith({ auths: { "other.example.com": {} } });
    const error = await failureOf(pull(engine));
    expect(error.code).toBe("auth-failed");
    expect(error.message).toContain(
      `The registry ${registry.host} refuses the image ${image}, asked without an account`,
    );
    expect(error.message).toContain(`since ${join(folder, "config.json")} has none for ${registry.host}`);
    expect(error.hint).toBe(`Log in with an account, on this machine: docker login ${registry.host}.`);
    const missing = await failureOf(pull(await engineWith(null)));
    expect(missing.message).toContain(`since ${join(folder, "config.json")} does not exist`);
  });

  it("comes with what docker login has written", async () => {
    const login = ["login", "-u", username, "--password-stdin", registry.host];
    const engine = await engineWith(null);
    await docker(LOCAL_ENGINE_SOCKET, login, { input: password, env: { DOCKER_CONFIG: folder } });
    expect(await readFile(join(folder, "config.json"), "utf8")).toContain(registry.host);
    expectNoSecret((await pull(engine)).join("\n"));
    expect((await engine.inspectImage(image))?.platform).toBe("linux/amd64");
  });

  it("comes with an entry that has a scheme and a path", async () => {
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    await pull(await engineWith({ auths: { [`http://${registry.host}/v1/`]: { auth } } }));
  });

  it("comes with the registry's own helper, which is asked on its standard input", async () => {
    const script = `printf '%s' "$*" >"${"$"}{0%/*}/argv"; cat >"${"$"}{0%/*}/asked"; printf '{"Username":"${username}","Secret":"${password}"}'`;
    const engine = await engineWith(
      { credsStore: "wrong", credHelpers: { [registry.host]: "own" }, auths: { [registry.host]: { auth: "eDp5" } } },
      { own: script, wrong: "exit 3" },
    );
    await pull(engine);
    expect(await readFile(join(folder, "asked"), "utf8")).toBe(`${registry.host}\n`);
    expect(await readFile(join(folder, "argv"), "utf8")).toBe("get");
  });

  it("comes with the helper for all", async () => {
    await pull(await engineWith({ credsStore: "all" }, { all: given }));
  });

  it("is refused with a wrong password, which is told nowhere", async () => {
    const wrong = `cat >/dev/null; echo '{"Username":"${username}","Secret":"not-the-password"}'`;
    const error = await failureOf(pull(await engineWith({ credsStore: "all" }, { all: wrong })));
    expect(error.code).toBe("auth-failed");
    expect(error.message).toContain("asked with the account from the helper docker-credential-all");
    expect(error.hint).toBe(`Log in with an account that may have it, on this machine: docker login ${registry.host}.`);
    expect(allWords(error)).not.toContain("not-the-password");
    expect(allWords(error)).not.toContain(Buffer.from("not-the-password").toString("base64").slice(0, 12));
  });

  it("is asked for without an account when the helper has none, fails, answers nonsense or is not there", async () => {
    const cases: [Record<string, string>, string][] = [
      [{ h: "echo 'credentials not found in native keychain'; exit 1" }, "the helper docker-credential-h has none for"],
      [{ h: "echo 'the keychain is locked' >&2; exit 1" }, "docker-credential-h says: the keychain is locked"],
      [{ h: `echo '{"Username":"a","Secret":"${password}"}'; exit 1` }, "docker-credential-h ended with exit code 1"],
      [{ h: `echo '{"Secret":"${password}"'` }, "docker-credential-h gave an answer that cannot be read"],
      [{}, "docker-credential-h is not on the PATH"],
    ];
    for (const [helpers, words] of cases) {
      const error = await failureOf(pull(await engineWith({ credsStore: "h" }, helpers)));
      expect([error.code, error.message]).toEqual(["auth-failed", expect.stringContaining(words)]);
      expectNoSecret(allWords(error));
    }
    const odd = await failureOf(pull(await engineWith({ credsStore: "../../bin/sh" })));
    expect(odd.message).toContain(`"../../bin/sh" is no name of a helper`);
    const broken = await failureOf(pull(await engineWith(`{"auths": {"x": {"auth": "${password}`)));
    expect(broken.message).toContain("config.json is no JSON");
    expectNoSecret(allWords(broken));
  });

  it("does not wait for a helper that hangs once it is cancelled, and leaves no process of it", async () => {
    const mark = `86${process.pid}`;
    const engine = await engineWith({ credsStore: "slow" }, { slow: `touch "${"$"}{0%/*}/began"; sleep ${mark}` });
    const abort = new AbortController();
    const pulling = failureOf(pull(engine, abort.signal));
    while (!existsSync(join(folder, "began"))) await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    expect((await pulling).code).toBe("cancelled");
    expect((await tryRun(["pgrep", "-f", `sleep ${mark}`])).stdout).toBe("");
  });

  it("is the base of a build with the account of its registry", async () => {
    const engine = await engineWith(JSON.parse(await readFile(join(registry.configFolder, "config.json"), "utf8")));
    const inlineDockerfile = `ARG HOST=nowhere\nFROM ${"$"}{HOST}/gateway/sensor:1 AS base\nFROM base\nLABEL built=1\n`;
    const build = {
      context: folder,
      dockerfile: "Dockerfile",
      args: { HOST: registry.host },
      target: null,
      options: {
        inlineDockerfile,
        noCache: false,
        pull: true,
        labels: {},
        cacheFrom: [],
        extraHosts: [],
        network: null,
        shmBytes: null,
        tags: [],
        ulimits: [],
        platform: null,
      },
    };
    const signal = new AbortController().signal;
    await engine.buildImage(build, "bayplan-test/registry-built:1", () => undefined, signal);
    await docker(LOCAL_ENGINE_SOCKET, ["rmi", "bayplan-test/registry-built:1"]);
    await tryDocker(LOCAL_ENGINE_SOCKET, ["rmi", image]);

    const other = await engineWith({});
    const error = await failureOf(other.buildImage(build, "bayplan-test/refused:1", () => undefined, signal));
    expect([error.code, error.message]).toEqual(["auth-failed", expect.stringContaining(`refuses the image ${image}`)]);
  });
});
