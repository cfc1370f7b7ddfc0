import type { AnyAuthMethod } from "ssh2";
import type { SshCredentials } from "./ssh-connection.ts";

/** One thing to log in with, and what it is called in an error. */
export interface AuthAttempt {
  name: string;
  method: AnyAuthMethod;
}

/**
 * Everything to log in with, in the order in which it is tried: keys, password, agent, and without any of them "none".
 * The agent comes last since it may hold more keys than a server takes tries; a password was meant for this server.
 */
export function authAttempts(username: string, credentials: SshCredentials): AuthAttempt[] {
  const attempts: AuthAttempt[] = credentials.privateKeys.map((key) => ({
    name: "key",
    method: { type: "publickey", username, key },
  }));
  const { password } = credentials;
  if (password !== null) {
    attempts.push({ name: "password", method: { type: "password", username, password } });
    attempts.push({
      name: "password",
      method: {
        type: "keyboard-interactive",
        username,
        // What is asked for in the open is not the password.
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(prompts.map(({ echo }) => (echo === true ? "" : password))),
      },
    });
  }
  if (credentials.agentSocket !== null) {
    attempts.push({ name: "agent", method: { type: "agent", username, agent: credentials.agentSocket } });
  }
  if (attempts.length === 0) attempts.push({ name: "none", method: { type: "none", username } });
  return attempts;
}

/**
 * Takes attempts off the list up to the next one that the server could accept. A refused one counts against this machine
 * there, so what it does not take is left out; `taken` is empty while it has not said so.
 */
export function nextAttempt(attempts: AuthAttempt[], taken: readonly string[]): AuthAttempt | undefined {
  for (;;) {
    const attempt = attempts.shift();
    if (attempt === undefined || isWorthTrying(attempt.method.type, taken)) return attempt;
  }
}

function isWorthTrying(type: AnyAuthMethod["type"], taken: readonly string[]): boolean {
  // The same password in another form: only for servers that take no other.
  if (type === "keyboard-interactive") return taken.includes(type) && !taken.includes("password");
  if (taken.length === 0) return true;
  return taken.includes(type === "agent" ? "publickey" : type);
}
