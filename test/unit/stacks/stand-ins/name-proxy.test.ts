import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NameProxy, proxyScript } from "../../../../src/main/stacks/stand-ins/serving/name-proxy.ts";

let seen: { method: string; url: string; headers: NodeJS.Dict<string | string[]>; body: string }[];
let service: ReturnType<typeof createServer>;
let proxy: NameProxy;
let hostPort: number;
const closedPort = 1;

beforeEach(async () => {
  seen = [];
  service = createServer((asked, answer) => {
    let body = "";
    asked.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    asked.on("end", () => {
      seen.push({ method: asked.method ?? "", url: asked.url ?? "", headers: asked.headers, body });
      answer.writeHead(
        201,
        [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
          ["Connection", "close"],
        ].flat(),
      );
      answer.end("served");
    });
  });
  await once(service.listen(0, "127.0.0.1"), "listening");
  hostPort = portOf(service.address());
  proxy = await NameProxy.open([
    { name: "Weather", port: 8080, hostPort },
    { name: "gone", port: 80, hostPort: closedPort },
  ]);
});

afterEach(async () => {
  await proxy.close();
  service.close();
});

function portOf(address: ReturnType<typeof service.address>): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

function proxyPort(): number {
  return Number(new URL(proxy.pacUrl).port);
}

async function ask(path: string, options: { method?: string; body?: string; headers?: Record<string, string> } = {}) {
  const { method = "GET", body, headers = {} } = options;
  const asked = request({ host: "127.0.0.1", port: proxyPort(), method, path, headers, agent: false });
  asked.end(body);
  const [answer]: IncomingMessage[] = await once(asked, "response");
  if (answer === undefined) throw new Error("no answer");
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode, headers: answer.headers, text };
}

test("a request for a name reaches its container as if it had been asked itself", async () => {
  const answer = await ask("http://weather:8080/now?x=1", {
    method: "POST",
    body: "hello",
    headers: { host: "weather:8080", "proxy-connection": "keep-alive", "x-own": "kept" },
  });
  expect(answer).toMatchObject({ status: 201, text: "served", headers: { "set-cookie": ["a=1", "b=2"] } });
  expect(seen).toMatchObject([
    { method: "POST", url: "/now?x=1", body: "hello", headers: { host: "weather:8080", "x-own": "kept" } },
  ]);
  expect(seen[0]?.headers).not.toHaveProperty("proxy-connection");
});

test.each([
  ["another port of the name", "http://weather:81/", 403],
  ["another host", "http://example.com/", 403],
  ["this machine itself", "http://127.0.0.1:8080/", 403],
  ["no proxy request", "/etc/passwd", 403],
  ["a container that does not answer", "http://gone/", 502],
])("%s is refused", async (_name, url, status) => {
  expect((await ask(url)).status).toBe(status);
  expect(seen).toEqual([]);
});

test("a tunnel is made to the names of the stack alone", async () => {
  const tunnel = async (to: string) => {
    const socket = connect({ host: "127.0.0.1", port: proxyPort() });
    socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
    const [head]: Buffer[] = await once(socket, "data");
    return { socket, head: head?.toString() ?? "" };
  };
  const own = await tunnel("weather:8080");
  expect(own.head).toMatch(/^HTTP\/1\.1 200 /);
  own.socket.write("GET /inside HTTP/1.1\r\nHost: weather\r\nConnection: close\r\n\r\n");
  const [answer]: Buffer[] = await once(own.socket, "data");
  expect(answer?.toString()).toMatch(/^HTTP\/1\.1 201 /);
  own.socket.destroy();
  const other = await tunnel("example.com:443");
  expect(other.head).toMatch(/^HTTP\/1\.1 403 /);
  other.socket.destroy();
});

test("the script sends a browser here for these addresses alone", async () => {
  const script = await (await fetch(proxy.pacUrl)).text();
  expect(script).toBe(
    proxyScript(
      [
        { name: "Weather", port: 8080, hostPort },
        { name: "gone", port: 80, hostPort: closedPort },
      ],
      proxyPort(),
    ),
  );
  const find = (url: string) =>
    runInNewContext(`${script}; FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(new URL(url).hostname)})`);
  expect(find("http://weather:8080/a:81/b")).toBe(`PROXY 127.0.0.1:${proxyPort()}`);
  expect(find("http://gone/")).toBe(`PROXY 127.0.0.1:${proxyPort()}`);
  expect(find("https://gone/")).toBe("DIRECT");
  expect(find("http://weather/")).toBe("DIRECT");
  expect(find("http://example.com:8080/")).toBe("DIRECT");
});
