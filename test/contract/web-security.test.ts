import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { serveWeb, type WebDoor } from "../../src/main/doors/web/index.ts";
import { type PageFixture, pageFixture } from "./page-fixture.ts";
import { cookieFor } from "./transports.ts";
import { startTrial, trialRouter } from "./trial-router.ts";

const minuteMs = 60_000;

let page: PageFixture;
let web: WebDoor;
let clockMs: number;

beforeEach(async () => {
  clockMs = 1_000_000;
  page = await pageFixture();
  web = await open(0);
});

afterEach(async () => {
  await web.close();
  await page.remove();
});

function open(port: number): Promise<WebDoor> {
  const router = trialRouter(startTrial());
  return serveWeb({ router, rendererFolder: page.folder, port, host: "127.0.0.1", now: () => clockMs });
}

const home = () => `http://127.0.0.1:${web.port}`;
const tokenOf = (url: string) => new URL(url).hash.replace("#token=", "");

/** Asks for a session; `origin` null leaves the header out. */
async function exchange(token: string, origin: string | null = home()): Promise<Response> {
  const headers = { "content-type": "application/json", ...(origin === null ? {} : { origin }) };
  return fetch(`${home()}/session`, { method: "POST", headers, body: JSON.stringify({ token }) });
}

/** "open", or the status with which the upgrade was refused. */
function upgrade(headers: Record<string, string>, path = "/api"): Promise<number | "open"> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}${path}`, { headers });
    socket.on("unexpected-response", (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.on("open", () => {
      resolve("open");
      socket.terminate();
    });
    socket.on("error", reject);
  });
}

/** Sends bytes as they are, for what `fetch` would tidy up. Gives the status line. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(web.port, "127.0.0.1", () => socket.write(request));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

const get = (path: string, host = `127.0.0.1:${web.port}`) =>
  raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

describe("the socket", () => {
  test("opens with the cookie, our origin and our host", async () => {
    const cookie = await cookieFor(web.url);
    expect(await upgrade({ cookie, origin: home() })).toBe("open");
    expect(await upgrade({ cookie, origin: `http://localhost:${web.port}`, host: `localhost:${web.port}` })).toBe(
      "open",
    );
  });

  test("refuses a browser that was not let in", async () => {
    expect(await upgrade({ origin: home() })).toBe(401);
    expect(await upgrade({ origin: home(), cookie: `bayplan-${web.port}=guess` })).toBe(401);
    expect(await upgrade({ origin: home(), cookie: `bayplan-${web.port}=` })).toBe(401);
  });

  test.each([
    ["another site", "http://evil.example"],
    ["another port", "http://127.0.0.1:1"],
    ["another scheme", "https://127.0.0.1"],
    ["a sandboxed frame", "null"],
    ["none at all", ""],
  ])("refuses %s as origin, cookie or not", async (_, origin) => {
    const cookie = await cookieFor(web.url);
    expect(await upgrade({ cookie, ...(origin === "" ? {} : { origin }) })).toBe(403);
  });

  test("refuses the two names of this machine mixed: that is another origin", async () => {
    const cookie = await cookieFor(web.url);
    expect(await upgrade({ cookie, origin: `http://localhost:${web.port}` })).toBe(403);
  });

  test("refuses a name that was rebound to this address", async () => {
    const cookie = await cookieFor(web.url);
    const host = `evil.example:${web.port}`;
    expect(await upgrade({ cookie, host, origin: `http://${host}` })).toBe(421);
    expect(await upgrade({ cookie, host: "127.0.0.1", origin: "http://127.0.0.1" })).toBe(421);
  });

  test("is at one address", async () => {
    const cookie = await cookieFor(web.url);
    expect(await upgrade({ cookie, origin: home() }, "/api/../api2")).toBe(404);
  });

  test.each([
    ["more than a megabyte", "x".repeat(1024 * 1024 + 1), 1009],
    ["no JSON", "hello", 1008],
    ["JSON of another shape", '{"i":"1","p":{"u":"http://elsewhere/"}}', 1008],
    ["binary", Buffer.from('{"i":"1","p":{"u":"/refuse"}}'), 1008],
  ])("closes at a frame that is %s, and the server lives on", async (_, frame, code) => {
    const cookie = await cookieFor(web.url);
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api`, { headers: { cookie, origin: home() } });
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    socket.on("open", () => socket.send(frame));
    expect(await closed).toBe(code);
    expect(await upgrade({ cookie, origin: home() })).toBe("open");
  });
});

describe("the session", () => {
  test("comes from a token once, as a cookie that no script and no other site can use", async () => {
    const first = await exchange(tokenOf(web.url));
    expect(first.status).toBe(204);
    expect(first.headers.getSetCookie()).toHaveLength(1);
    expect(first.headers.getSetCookie()[0]).toMatch(
      new RegExp(`^bayplan-${web.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    const second = await exchange(tokenOf(web.url));
    expect(second.status).toBe(401);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(await second.json()).toMatchObject({
      error: { code: "auth-failed", hint: expect.stringContaining("bayplan serve") },
    });
  });

  test("lasts over a reload", async () => {
    const cookie = await cookieFor(web.url);
    for (const _ of [1, 2, 3]) expect((await fetch(`${home()}/session`, { headers: { cookie } })).status).toBe(204);
    expect((await fetch(`${home()}/session`)).status).toBe(401);
  });

  test("cannot be had with a token that is ten minutes old", async () => {
    const url = web.newUrl();
    clockMs += 10 * minuteMs - 1;
    expect((await exchange(tokenOf(url))).status).toBe(204);
    const late = web.newUrl();
    clockMs += 10 * minuteMs;
    expect((await exchange(tokenOf(late))).status).toBe(401);
  });

  test("each link is another one", async () => {
    const urls = [web.url, web.newUrl(), web.newUrl()];
    expect(new Set(urls.map(tokenOf)).size).toBe(3);
    for (const url of urls) {
      expect(tokenOf(url)).toMatch(/^[\w-]{43}$/);
      expect((await exchange(tokenOf(url))).status).toBe(204);
    }
  });

  test("is for our own page only, and a refused origin does not use the token up", async () => {
    expect((await exchange(tokenOf(web.url), "http://evil.example")).status).toBe(403);
    expect((await exchange(tokenOf(web.url), null)).status).toBe(403);
    expect((await exchange(tokenOf(web.url))).status).toBe(204);
  });

  test.each([
    ["a form", "application/x-www-form-urlencoded", "token=x"],
    ["no JSON", "application/json", "{"],
    ["no token", "application/json", "{}"],
    ["a long body", "application/json", JSON.stringify({ token: "x".repeat(100_000) })],
  ])("refuses %s", async (_, type, body) => {
    const answer = await fetch(`${home()}/session`, {
      method: "POST",
      headers: { "content-type": type, origin: home() },
      body,
    });
    expect(answer.status).toBe(400);
  });
});

describe("the page", () => {
  test("is served with its types, its tag and a policy that allows nothing foreign", async () => {
    const answer = await fetch(home());
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      expect(policy.split("; ")).toContain(rule);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
    const again = await fetch(home(), { headers: { "if-none-match": answer.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });

  test("keeps files with a hash in their name for ever", async () => {
    const answer = await fetch(`${home()}/assets/index-Ab3dE6gH.js`);
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(answer.headers.get("cache-control")).toContain("immutable");
  });

  test("has no other files", async () => {
    for (const path of ["/assets/missing", "/missing.js", "/devices", "/index.html/"])
      expect((await fetch(`${home()}${path}`)).status, path).toBe(404);
  });

  test.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "//secret.txt",
    "/\\..\\secret.txt",
  ])("has no way out by %s", async (path) => {
    const answer = await get(path);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain("not for the page");
  });

  test("is not served under another name", async () => {
    for (const host of [`evil.example:${web.port}`, "127.0.0.1", `127.0.0.1:${web.port}.evil.example`]) {
      const answer = await get("/", host);
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).not.toContain("<title>");
    }
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("knows no %s", async (method) => {
    const answer = await fetch(home(), { method, headers: { origin: "http://evil.example" } });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("the port", () => {
  test("in use is a conflict that names the port and the way out", async () => {
    await expect(open(web.port)).rejects.toMatchObject({
      code: "conflict",
      message: `Port ${web.port} is already in use on this machine.`,
      hint: expect.stringContaining("--port 0"),
    });
  });

  test("is free again after close, with a socket still open", async () => {
    const cookie = await cookieFor(web.url);
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api`, { headers: { cookie, origin: home() } });
    await new Promise((resolve) => socket.once("open", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await web.close();
    await closed;
    web = await open(web.port);
    expect((await fetch(home())).status).toBe(200);
    expect((await fetch(`${home()}/session`, { headers: { cookie } })).status).toBe(401);
  });

  test("of a page that was not built is refused before it is opened", async () => {
    await expect(
      serveWeb({
        router: trialRouter(startTrial()),
        rendererFolder: `${page.folder}/none`,
        port: 0,
        host: "127.0.0.1",
      }),
    ).rejects.toMatchObject({ code: "not-found", hint: "Run: npm run build" });
  });
});
