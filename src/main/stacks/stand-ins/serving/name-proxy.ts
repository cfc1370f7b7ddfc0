import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { NameMapping } from "../names.ts";

export const pacPath = "/proxy.pac";

/** Headers of one connection that a proxy does not pass on (RFC 9110, section 7.6.1). */
const ownHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * An HTTP proxy on the loopback address that knows the containers of one stack by their names, and nothing else. A browser
 * learns from its /proxy.pac which addresses it is for.
 */
export class NameProxy {
  readonly pacUrl: string;
  readonly #server: Server;
  readonly #tunnels: Set<Duplex>;

  private constructor(server: Server, tunnels: Set<Duplex>, port: number) {
    this.#server = server;
    this.#tunnels = tunnels;
    this.pacUrl = `http://127.0.0.1:${port}${pacPath}`;
  }

  static async open(names: readonly NameMapping[]): Promise<NameProxy> {
    const tunnels = new Set<Duplex>();
    let port = 0;
    const server = createServer((asked, answer) => serve(asked, answer, names, port));
    server.on("connect", (asked: IncomingMessage, client: Duplex) => tunnel(asked, client, names, tunnels));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    return new NameProxy(server, tunnels, port);
  }

  async close(): Promise<void> {
    for (const one of this.#tunnels) one.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The script that sends a browser here for the names of the stack, and nowhere else. */
export function proxyScript(names: readonly NameMapping[], proxyPort: number): string {
  const known = JSON.stringify(names.map(({ name, port }) => `${name.toLowerCase()}:${port}`));
  return `function FindProxyForURL(url, host) {
  var port = /^[a-z]+:\\/\\/[^\\/]*:([0-9]+)(?:\\/|$)/.exec(url);
  var address = host.toLowerCase() + ":" + (port ? port[1] : url.indexOf("http:") === 0 || url.indexOf("ws:") === 0 ? "80" : "443");
  return ${known}.indexOf(address) >= 0 ? "PROXY 127.0.0.1:${proxyPort}" : "DIRECT";
}
`;
}

function find(names: readonly NameMapping[], host: string, port: number): NameMapping | null {
  return names.find((known) => known.name.toLowerCase() === host.toLowerCase() && known.port === port) ?? null;
}

function serve(asked: IncomingMessage, answer: ServerResponse, names: readonly NameMapping[], proxyPort: number): void {
  if (asked.url === pacPath) {
    answer.writeHead(200, { "content-type": "application/x-ns-proxy-autoconfig", "cache-control": "no-store" });
    answer.end(proxyScript(names, proxyPort));
    return;
  }
  const url = URL.canParse(asked.url ?? "") ? new URL(asked.url ?? "") : null;
  const mapping = url?.protocol === "http:" ? find(names, url.hostname, Number(url.port || "80")) : null;
  if (url === null || mapping === null) {
    refuse(answer, 403, "This proxy is for the containers of one stack.");
    return;
  }
  const forwarded = request({
    host: "127.0.0.1",
    port: mapping.hostPort,
    method: asked.method,
    path: `${url.pathname}${url.search}`,
    headers: passedOn(asked),
    agent: false,
  });
  forwarded.on("response", (from) => {
    answer.writeHead(from.statusCode ?? 502, from.statusMessage, passedOn(from));
    from.pipe(answer);
    from.on("error", () => answer.destroy());
  });
  forwarded.on("error", () => {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, 502, `${mapping.name} does not answer at port ${mapping.hostPort} of this machine.`);
  });
  answer.on("close", () => forwarded.destroy());
  asked.pipe(forwarded);
}

/** Headers as they came, in the pairs that keep their order and number. */
function passedOn({ rawHeaders }: IncomingMessage): string[] {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (!ownHeaders.has(name.toLowerCase())) pairs.push(name, rawHeaders[at + 1] ?? "");
  }
  return pairs;
}

/** What a browser asks for a WebSocket. */
function tunnel(asked: IncomingMessage, client: Duplex, names: readonly NameMapping[], tunnels: Set<Duplex>): void {
  const match = /^(.+):([0-9]{1,5})$/.exec(asked.url ?? "");
  const mapping = match === null ? null : find(names, match[1] ?? "", Number(match[2]));
  client.on("error", () => client.destroy());
  if (mapping === null) {
    client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const service = connect({ host: "127.0.0.1", port: mapping.hostPort }, () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    service.pipe(client).pipe(service);
  });
  tunnels.add(client);
  service.on("error", () => client.destroy());
  service.on("close", () => client.destroy());
  client.on("close", () => {
    tunnels.delete(client);
    service.destroy();
  });
}

function refuse(answer: ServerResponse, status: number, sentence: string): void {
  answer.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  answer.end(`${sentence}\n`);
}
