import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  buildHeaders,
  dockerAccounts,
  pullHeaders,
  registryOf,
} from "../../../../src/main/engines/registry-accounts/index.ts";

let folder: string;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-accounts-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function find(reference: string, config: unknown, helperTimeoutMs?: number) {
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` };
  const limit = helperTimeoutMs === undefined ? {} : { helperTimeoutMs };
  return dockerAccounts({ env, home: "/nowhere", ...limit }).find(registryOf(reference), never);
}

async function helper(name: string, script: string): Promise<void> {
  const path = join(folder, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

const auth = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["redis", "docker.io"],
  ["redis:7", "docker.io"],
  ["library/redis:7", "docker.io"],
  ["docker.io/library/redis", "docker.io"],
  ["index.docker.io/me/x", "docker.io"],
  ["ghcr.io/me/x@sha256:00", "ghcr.io"],
  ["localhost/x", "localhost"],
  ["box:5000/x:1", "box:5000"],
  ["127.0.0.1:5000/a/b", "127.0.0.1:5000"],
])("%s is of %s", (reference, name) => {
  expect(registryOf(reference).name).toBe(name);
});

test("Docker Hub is found under the address of its first version, and under its names", async () => {
  for (const entry of ["https://index.docker.io/v1/", "docker.io", "index.docker.io"]) {
    const account = await find("redis", {
      auths: { "ghcr.io": { auth: auth("x:y") }, [entry]: { auth: auth("me:a:b") } },
    });
    expect(account.credentials).toEqual({ kind: "password", username: "me", password: "a:b" });
  }
  expect((await find("ghcr.io/a", { auths: { "docker.io": { auth: auth("x:y") } } })).credentials).toBeNull();
  expect((await find("ghcr.io/a", { auths: { "ghcr.io.evil.com": { auth: auth("x:y") } } })).credentials).toBeNull();
});

test("a token counts more than a password, and travels under its own name", async () => {
  const account = await find("r.io/a", { auths: { "r.io": { auth: auth("me:old"), identitytoken: "t1" } } });
  expect(account.credentials).toEqual({ kind: "identity-token", token: "t1" });
  const header = pullHeaders(account)["X-Registry-Auth"] ?? "";
  expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
    identitytoken: "t1",
    serveraddress: "r.io",
  });
  const plain = await find("r.io/a", { auths: { "r.io": { username: "me", password: "p" } } });
  expect(plain.credentials).toEqual({ kind: "password", username: "me", password: "p" });
});

test("a header is base64 for URLs, with the padding that Go wants", async () => {
  const account = await find("r.io/a", { auths: { "r.io": { auth: auth("me:>>>???ÿ~") } } });
  const header = pullHeaders(account)["X-Registry-Auth"] ?? "";
  expect(header).toMatch(/^[A-Za-z0-9_-]+={0,2}$/);
  expect(header.length % 4).toBe(0);
  const build = buildHeaders([account, await find("o.io/a", {})])["X-Registry-Config"] ?? "";
  expect(Object.keys(JSON.parse(Buffer.from(build, "base64url").toString()))).toEqual(["r.io"]);
  expect(buildHeaders([await find("o.io/a", {})])).toEqual({});
});

test("an `auth` that is none is said, and is not quoted", async () => {
  const account = await find("r.io/a", { auths: { "r.io": { auth: auth("no-colon-secret") } } });
  expect(account).toMatchObject({ credentials: null, failed: true });
  expect(account.how).toContain("is not user:password in base64");
  expect(account.how).not.toContain("secret");
});

test("a file that is not as docker writes it is said, with the place", async () => {
  const account = await find("r.io/a", { auths: { "r.io": { auth: 7 } } });
  expect(account).toMatchObject({ failed: true, how: expect.stringContaining("(at auths.r.io.auth)") });
});

test("a helper's user <token> means an identity token", async () => {
  await helper("h", `cat >/dev/null; echo '{"Username":"<token>","Secret":"t2"}'`);
  expect((await find("r.io/a", { credsStore: "h" })).credentials).toEqual({ kind: "identity-token", token: "t2" });
});

test("an empty helper takes a registry out of the store for all", async () => {
  const config = { credsStore: "none", credHelpers: { "r.io": "" }, auths: { "r.io": { auth: auth("me:p") } } };
  expect((await find("r.io/a", config)).credentials).toMatchObject({ username: "me" });
});

test("a helper that hangs is ended after its time, with what it has started", async () => {
  await helper("h", "sleep 1000 & wait");
  const startedAtMs = Date.now();
  const account = await find("r.io/a", { credsStore: "h" }, 300);
  expect(account).toMatchObject({ credentials: null, failed: true });
  expect(account.how).toBe("without an account, since docker-credential-h has not answered for 0.3 s");
  expect(Date.now() - startedAtMs).toBeLessThan(5_000);
});

test("a helper that answers without end is ended", async () => {
  await helper("h", "yes");
  expect((await find("r.io/a", { credsStore: "h" })).how).toContain("answers without end");
});
