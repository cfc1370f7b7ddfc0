import { createServer, type Server } from "node:http";
import type Electron from "electron";

type Handler = (request: Request) => Response | Promise<Response>;

let handler: Handler | null = null;
let server: Server | null = null;
let origin: string | null = null;

/** The scheme's own origin, and the loopback address at which the stand-in serves it to a browser that lacks the scheme. */
export const appOrigin = "app://bayplan";

async function open(): Promise<void> {
  server = createServer((request, response) => {
    // Without Connection: close a browser keeps a line open that nobody needs when the app quits.
    const asked = new Request(`${appOrigin}${request.url ?? "/"}`, { method: request.method ?? "GET" });
    Promise.resolve(handler?.(asked) ?? new Response(null, { status: 404 }))
      .then(async (answer) => {
        response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), connection: "close" });
        response.end(Buffer.from(await answer.arrayBuffer()));
      })
      .catch((error: unknown) => {
        process.stderr.write(`stand-in: the protocol handler failed: ${String(error)}\n`);
        response.destroy();
      });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The stand-in's server has no address.");
  origin = `http://127.0.0.1:${address.port}`;
}

/** Where the browser finds an address of the app. */
export async function toBrowser(url: string): Promise<string> {
  if (origin === null) await open();
  return url.startsWith(appOrigin) ? `${origin}${url.slice(appOrigin.length)}` : url;
}

/** What an address in the browser is called in Electron. */
export function toElectron(url: string): string {
  return origin !== null && (url === origin || url.startsWith(`${origin}/`))
    ? `${appOrigin}${url.slice(origin.length)}`
    : url;
}

export function closeAppServer(): void {
  server?.close();
  server?.closeAllConnections();
}

let privileged = false;

/** `protocol` of Electron: one scheme, which must have been registered before it is handled. */
export const protocol = {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]) {
    privileged = schemes.some(
      ({ scheme, privileges }) => scheme === "app" && privileges?.standard === true && privileges.secure === true,
    );
  },
  handle(scheme: string, handle: Handler) {
    if (scheme !== "app" || !privileged)
      throw new Error(`The scheme ${scheme} was not registered as a privileged one.`);
    handler = handle;
  },
} satisfies Pick<Electron.Protocol, "registerSchemesAsPrivileged" | "handle">;
