import { AppError, type AppErrorCode, type KeyPrint, type SshTarget } from "../../shared/domain/index.ts";
import { saidWords } from "../../shared/format/index.ts";
import { formatQuestions, type Question } from "./password-question.ts";

/**
 * What stood in the way of a connection. `refused`: the machine answers, but no SSH server behind the port;
 * `auth`: it wants other credentials; `host-key`: the caller refused its key; `unreachable`: no route, no such name,
 * or cut off half-way; `timeout`: nothing came back in time.
 */
export type SshFault = "refused" | "auth" | "host-key" | "unreachable" | "timeout";

const codes: Record<SshFault, AppErrorCode> = {
  refused: "unreachable",
  auth: "auth-failed",
  "host-key": "key-changed",
  unreachable: "unreachable",
  timeout: "unreachable",
};

/** A connection that could not be made. `fault` tells the cases apart that share a code. */
export class SshConnectError extends AppError {
  readonly fault: SshFault;
  /** The key that was refused; null for the other faults. */
  readonly offeredKey: KeyPrint | null;
  /** True when the login was refused and the server would take a password. */
  readonly takesPassword: boolean;

  constructor(
    fault: SshFault,
    message: string,
    options: { hint?: string; cause?: unknown; offeredKey?: KeyPrint; takesPassword?: boolean } = {},
  ) {
    super(codes[fault], message, options);
    this.name = "SshConnectError";
    this.fault = fault;
    this.offeredKey = options.offeredKey ?? null;
    this.takesPassword = options.takesPassword ?? false;
  }
}

/** All places of a connection for what does not end by itself are taken. What is brief still comes to its turn. */
export class NoStreamPlace extends AppError {}

/** `user@host:port`, with the brackets that an IPv6 address needs. */
export function formatTarget(target: SshTarget): string {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return `${target.user}@${host}:${target.port}`;
}

/** `host:port`, with the brackets that an IPv6 address needs. */
export function formatAddress(target: SshTarget): string {
  return target.host.includes(":") ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
}

function errnoOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** Why the TCP connection did not come about. */
export function tcpFault(target: SshTarget, error: unknown): SshConnectError {
  const address = formatAddress(target);
  switch (errnoOf(error)) {
    case "ECONNREFUSED":
      return new SshConnectError("refused", `${address} refuses connections: no SSH server listens there.`, {
        hint: "Is SSH switched on, and is this its port? On the device: sudo systemctl enable --now ssh.",
        cause: error,
      });
    case "ETIMEDOUT":
      return timeoutFault(target, "does not answer", error);
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new SshConnectError("unreachable", `No address is known for ${target.host}.`, {
        hint: "Check the name, or use the device's IP address.",
        cause: error,
      });
    default:
      return new SshConnectError("unreachable", `${address} cannot be reached (${errnoOf(error) ?? String(error)}).`, {
        hint: "Is the device switched on and in the same network as this machine?",
        cause: error,
      });
  }
}

export function timeoutFault(target: SshTarget, what: string, cause?: unknown): SshConnectError {
  return new SshConnectError("timeout", `${formatAddress(target)} ${what}.`, {
    hint: "Is the device switched on and in the same network? A firewall that drops packets looks the same.",
    cause,
  });
}

/** The server hung up before it said that it speaks SSH. */
export function closedBeforeBanner(target: SshTarget, cause?: unknown): SshConnectError {
  return new SshConnectError("refused", `${formatAddress(target)} closes the connection before it speaks SSH.`, {
    hint: "Another service may hold this port, or the SSH server is overloaded or blocks this machine (MaxStartups, fail2ban).",
    cause,
  });
}

export function hostKeyFault(target: SshTarget, offeredKey: KeyPrint, cause?: unknown): SshConnectError {
  return new SshConnectError(
    "host-key",
    `The host key that ${formatAddress(target)} shows was not accepted: ${offeredKey.type} ${offeredKey.fingerprint}.`,
    {
      hint: "Compare it with the key on the device: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub.",
      cause,
      offeredKey,
    },
  );
}

/** There are five that anybody uses; the list is the server's word. */
const methodsShown = 8;

/** `methods`: what the server said that it takes, empty when it did not say; `tried`: what was offered to it. */
export function authFault(
  target: SshTarget,
  methods: readonly string[],
  tried: readonly string[],
  cause?: unknown,
): SshConnectError {
  const named = methods.filter((method) => /^[\w.@-]{1,64}$/.test(method)).slice(0, methodsShown);
  const offered = tried.length === 0 ? "no credentials were at hand" : `tried: ${tried.join(", ")}`;
  const takesPassword = methods.some((method) => method === "password" || method === "keyboard-interactive");
  const isWrongPassword = takesPassword && tried.includes("password");
  const takes = named.length === 0 ? "" : ` The server takes: ${named.join(", ")}.`;
  const message = isWrongPassword
    ? `${formatTarget(target)} does not accept this password (${offered}).`
    : `${formatTarget(target)} does not let this user in (${offered}).${takes}`;
  const copyKey = `Put your key on the device: ssh-copy-id -p ${target.port} ${target.user}@${target.host}`;
  return new SshConnectError("auth", message, {
    takesPassword,
    hint: `${copyKey}, choose another user, or give ${isWrongPassword ? "the right" : "its"} password.`,
    cause,
  });
}

/** The server wants more than a password, or something else. Nothing was answered. */
export function strangeQuestions(target: SshTarget, questions: readonly Question[]): SshConnectError {
  return new SshConnectError(
    "auth",
    `${formatTarget(target)} asks for ${formatQuestions(questions)}, which Bayplan cannot answer: it keeps one password and nothing else.`,
    {
      hint: `Log in with a key, which such a server may take without a question: ssh-copy-id -p ${target.port} ${target.user}@${target.host}.`,
    },
  );
}

/** The connection was there and is gone. */
export function lostConnection(target: SshTarget, why: string, cause?: unknown): SshConnectError {
  // Some of these words come from ssh2 or from the device, with a full stop of their own or without.
  const reason = saidWords(why).replace(/\.+$/, "");
  return new SshConnectError("unreachable", `The connection to ${formatAddress(target)} was lost: ${reason}.`, {
    hint: "It comes back by itself when the device does.",
    cause,
  });
}

export function closedByUs(target: SshTarget): AppError {
  return new AppError("unreachable", `The connection to ${formatAddress(target)} is closed.`);
}

/** The key could be neither accepted nor refused. */
export function notVerified(target: SshTarget, cause: unknown): SshConnectError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SshConnectError("unreachable", `The host key of ${formatAddress(target)} could not be checked: ${why}.`, {
    hint: "Nothing was sent to the device. Correct what is named here and try again.",
    cause,
  });
}
