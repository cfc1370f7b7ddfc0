import ssh2, { type AnyAuthMethod } from "ssh2";
import { isPasswordQuestion, type Question } from "./password-question.ts";
import type { SshCredentials } from "./ssh-connection.ts";

/** One thing to log in with, and what it is called in an error. */
export interface AuthAttempt {
  name: string;
  method: AnyAuthMethod;
}

/** Told what a server asks that no password answers: nothing is sent to it then. */
export type OnStrangeQuestions = (questions: readonly Question[]) => void;

/**
 * Everything to log in with, in the order in which it is tried: keys, password, agent, and without any of them "none".
 * The agent comes last since it may hold more keys than a server takes tries; a password was meant for this server.
 */
export function authAttempts(
  username: string,
  credentials: SshCredentials,
  onStrangeQuestions: OnStrangeQuestions,
): AuthAttempt[] {
  const keys = [...credentials.privateKeys, ...(credentials.openedKeys ?? [])];
  const attempts: AuthAttempt[] = keys.map((key) => ({
    name: "key",
    method: { type: "publickey", username, key },
  }));
  const { password } = credentials;
  if (password !== null) {
    attempts.push({ name: "password", method: { type: "password", username, password } });
    attempts.push({ name: "password", method: questionsMethod(username, password, onStrangeQuestions) });
  }
  const { agentSocket, agentKeys } = credentials;
  if (agentSocket !== null && agentKeys?.length !== 0) {
    const agent = agentKeys === undefined ? agentSocket : new ChosenAgent(agentSocket, agentKeys);
    attempts.push({ name: "agent", method: { type: "agent", username, agent } });
  }
  if (attempts.length === 0) attempts.push({ name: "none", method: { type: "none", username } });
  return attempts;
}

/** Answers one question, the one for the password, once. */
function questionsMethod(username: string, password: string, onStrange: OnStrangeQuestions): AnyAuthMethod {
  let hasAnswered = false;
  return {
    type: "keyboard-interactive",
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      const [first, ...others] = prompts;
      if (first === undefined) {
        finish([]);
      } else if (others.length === 0 && !hasAnswered && isPasswordQuestion(first)) {
        hasAnswered = true;
        finish([password]);
      } else {
        onStrange(prompts);
      }
    },
  };
}

/** An agent of which only some keys are offered (IdentitiesOnly of ssh_config). */
class ChosenAgent extends ssh2.OpenSSHAgent {
  readonly #blobs: ReadonlySet<string>;

  constructor(socketPath: string, blobs: readonly string[]) {
    super(socketPath);
    this.#blobs = new Set(blobs);
  }

  override getIdentities(answer: Parameters<ssh2.OpenSSHAgent["getIdentities"]>[0]): void {
    super.getIdentities((error, keys) => {
      answer(
        error,
        keys?.filter((key) => "getPublicSSH" in key && this.#blobs.has(key.getPublicSSH().toString("base64"))),
      );
    });
  }
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
