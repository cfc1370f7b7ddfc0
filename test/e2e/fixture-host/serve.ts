/**
 * Shows the built face with made-up data, without devices and without an engine. For development only:
 * `npx tsx test/e2e/fixture-host/serve.ts [port] [folder] [--empty] [--no-engine] [--fast]`
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer } from "ws";
import { securityHeaders } from "../../../src/main/api/security-headers.ts";
import { fixtureRouter } from "./router.ts";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const port = Number(words[0] ?? 4178);
const folder = resolve(words[1] ?? "out/renderer");
const router = fixtureRouter({
  empty: process.argv.includes("--empty"),
  noEngine: process.argv.includes("--no-engine"),
  runSpeed: process.argv.includes("--fast") ? 10 : 1,
});
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const server = createServer((request, response) => {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (path === "/session") {
    response.writeHead(204).end();
    return;
  }
  const file = join(folder, path === "/" ? "index.html" : path);
  if (!file.startsWith(folder) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { ...securityHeaders, "content-type": types[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
});
const sockets = new WebSocketServer({ server, path: "/api" });
const handler = new RPCHandler(router);
sockets.on("connection", (socket) => void handler.upgrade(socket, { context: {} }));
server.listen(port, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${port}/\n`));
