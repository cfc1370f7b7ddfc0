import { createConnection } from "node:net";

/** What came of one knock on one port. */
export type KnockAnswer =
  | { kind: "ssh"; banner: string }
  /** Something accepted, and is not SSH. */
  | { kind: "other-service" }
  | { kind: "refused" }
  | { kind: "silent" }
  | { kind: "unreachable" }
  /** This machine may not send there: a firewall of its own, or macOS' permission for the local network. */
  | { kind: "denied" };

export interface KnockOptions {
  /** How long a machine on a LAN may take to accept. */
  connectMs: number;
  /** How long an SSH server may take to say which one it is. */
  bannerMs: number;
  signal: AbortSignal;
}

/** RFC 4253, 4.2: the identification is at most 255 bytes; lines of other text may stand before it. */
const MAX_BANNER_BYTES = 2_048;
const MAX_SHOWN = 200;

/**
 * Connects, reads who answers, and lets go: nothing is sent. Resolves at the latest after both times, and with `silent`
 * at once when the signal aborts. The socket is gone when it resolves. Throws what this machine lacks (EMFILE).
 */
export function knock(host: string, port: number, options: KnockOptions): Promise<KnockAnswer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    let heard = "";
    let connected = false;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", onAbort);
      // What comes after the answer has no listener any more; a late error must not become an uncaught one.
      socket.removeAllListeners();
      socket.on("error", () => undefined);
      socket.destroy();
      settle();
    };
    const finish = (answer: KnockAnswer): void => end(() => resolve(answer));
    const onAbort = (): void => finish({ kind: "silent" });
    let timer = setTimeout(() => finish({ kind: "silent" }), options.connectMs);
    options.signal.addEventListener("abort", onAbort, { once: true });
    socket.on("connect", () => {
      connected = true;
      clearTimeout(timer);
      timer = setTimeout(() => finish({ kind: "other-service" }), options.bannerMs);
    });
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1");
      const banner = bannerIn(heard);
      if (banner !== null) finish({ kind: "ssh", banner });
      else if (heard.length > MAX_BANNER_BYTES) finish({ kind: "other-service" });
    });
    socket.on("end", () => finish({ kind: "other-service" }));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const answer = answerOfError(error.code ?? "", connected);
      if (answer === null) end(() => reject(error));
      else finish(answer);
    });
    if (options.signal.aborted) onAbort();
  });
}

/** The identification line in what a server has said so far; null while there is none. */
export function bannerIn(text: string): string | null {
  for (const line of text.split("\n").slice(0, -1)) {
    if (/^SSH-\d/.test(line)) return line.replaceAll(/\p{Cc}/gu, "").slice(0, MAX_SHOWN);
  }
  return null;
}

function answerOfError(code: string, connected: boolean): KnockAnswer | null {
  switch (code) {
    case "ECONNREFUSED":
      return { kind: "refused" };
    case "ETIMEDOUT":
      return { kind: "silent" };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "ENETDOWN":
      return { kind: "unreachable" };
    case "EACCES":
    case "EPERM":
      return { kind: "denied" };
    case "ECONNRESET":
    case "EPIPE":
      // Some firewalls answer a connect with a reset of their own.
      return { kind: connected ? "other-service" : "refused" };
    default:
      return null;
  }
}
