import { MessageChannel, type MessagePort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket } from "ws";
import { createDirectClient } from "../../src/main/api/direct-client.ts";
import { type ServedPort, servePort } from "../../src/main/api/serve-port.ts";
import { serveWeb } from "../../src/main/doors/web/index.ts";
import { asBrowserSocket } from "./browser-socket.ts";
import { pageFixture } from "./page-fixture.ts";
import { startTrial, type Trial, type TrialClient, type trialContract, trialRouter } from "./trial-router.ts";

/** One way to the host, with a trial behind it. */
export interface Line {
  client: TrialClient;
  trial: Trial;
  /** Cuts the connection from the host's side, as a crash or a closed laptop would. Null in process: there is none. */
  cut: (() => void) | null;
  close(): Promise<void>;
}

export interface Transport {
  name: string;
  open(): Promise<Line>;
}

/** The shape of Electron's MessagePortMain over a port of this process. */
export function asServedPort(port: MessagePort): ServedPort {
  return {
    on(event: "message" | "close", listener: (frame: { data: unknown }) => void) {
      port.on(event, (data: unknown) => listener({ data }));
    },
    postMessage: (data) => port.postMessage(data),
    start: () => port.ref(),
    close: () => port.close(),
  };
}

async function openDirect(): Promise<Line> {
  const trial = startTrial();
  const client = createDirectClient(trialRouter(trial), { write: (text) => trial.log.push(text) });
  return { client, trial, cut: null, close: async () => undefined };
}

async function openPort(): Promise<Line> {
  const trial = startTrial();
  const { port1, port2 } = new MessageChannel();
  const served = servePort(trialRouter(trial), asServedPort(port1), { write: (text) => trial.log.push(text) });
  const client: TrialClient = createORPCClient(new PortLink({ port: port2 }));
  port2.start();
  return {
    client,
    trial,
    cut: () => served.close(),
    async close() {
      served.close();
      port2.close();
    },
  };
}

/** Exchanges the token of a one-time link for the cookie that the socket asks for. */
export async function cookieFor(url: string): Promise<string> {
  const address = new URL(url);
  const answer = await fetch(new URL("/session", address), {
    method: "POST",
    headers: { "content-type": "application/json", origin: address.origin },
    body: JSON.stringify({ token: address.hash.replace("#token=", "") }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (answer.status !== 204 || cookie === undefined) throw new Error(`No session: ${answer.status}`);
  return cookie;
}

async function openSocket(): Promise<Line> {
  const trial = startTrial();
  const page = await pageFixture();
  const web = await serveWeb({
    router: trialRouter(trial),
    rendererFolder: page.folder,
    port: 0,
    host: "127.0.0.1",
    write: (text) => trial.log.push(text),
  });
  const cookie = await cookieFor(web.url);
  const origin = `http://127.0.0.1:${web.port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api`, { origin, headers: { cookie } });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const client: TrialClient = createORPCClient(new SocketLink({ websocket: asBrowserSocket(socket) }));
  return {
    client,
    trial,
    cut: () => socket.terminate(),
    async close() {
      socket.terminate();
      await web.close();
      await page.remove();
    },
  };
}

/** Every transport that a door serves. */
export const transports: readonly Transport[] = [
  { name: "in process", open: openDirect },
  { name: "message port", open: openPort },
  { name: "web socket", open: openSocket },
];

/** Checked by the compiler: the client of the trial is what its contract says. */
export type TrialClientIsContract = TrialClient extends ContractRouterClient<typeof trialContract> ? true : never;
