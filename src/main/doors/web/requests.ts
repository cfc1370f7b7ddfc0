import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { Failure } from "../../../shared/domain/index.ts";
import type { RendererFiles } from "../../api/index.ts";
import { done, refuse, sendFile } from "./answers.ts";
import type { OneTimeTokens } from "./one-time-tokens.ts";
import type { OriginCheck } from "./origin-check.ts";
import { readJsonBody } from "./read-body.ts";
import type { Sessions } from "./sessions.ts";

/** Who may come in. */
export interface Admission {
  tokens: OneTimeTokens;
  sessions: Sessions;
  check: OriginCheck;
}

const mostSessionBytes = 4096;
const sessionSchema = z.object({ token: z.string().max(256) });

/**
 * Answers a plain request: the files of the page to everybody who knows this server's name (they hold no secret),
 * `GET /session` with 204 or 401, and `POST /session`, which exchanges a one-time token for a cookie.
 */
export async function answerRequest(
  files: RendererFiles,
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!admission.check.isOurHost(request)) return refuse(response, 421, wrongHost);
  const path = (request.url ?? "").split(/[?#]/, 1)[0] ?? "";
  if (path === "/session") return answerSession(admission, request, response);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, wrongMethod);
  if (path === "/api") return refuse(response, 426, wrongMethod);
  sendFile(request, response, files.answer(path, request.headers["if-none-match"]));
}

async function answerSession(admission: Admission, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET") {
    return admission.sessions.admits(request.headers.cookie) ? done(response) : refuse(response, 401, noSession);
  }
  if (request.method !== "POST") return refuse(response, 405, wrongMethod);
  if (!admission.check.isOurOrigin(request)) return refuse(response, 403, wrongOrigin);
  const body = sessionSchema.safeParse(await readJsonBody(request, mostSessionBytes));
  if (!body.success) return refuse(response, 400, badSession);
  if (!admission.tokens.redeem(body.data.token)) return refuse(response, 401, usedToken);
  done(response, { "set-cookie": admission.sessions.open() });
}

/** The status with which a WebSocket is refused; null lets it in. */
export function upgradeRefusal(admission: Admission, request: IncomingMessage): 401 | 403 | 404 | 421 | null {
  if (!admission.check.isOurHost(request)) return 421;
  if (request.url !== "/api") return 404;
  if (!admission.check.isOurOrigin(request)) return 403;
  return admission.sessions.admits(request.headers.cookie) ? null : 401;
}

const newLink = "Ask Bayplan for a new link where it runs: bayplan serve prints one.";

const noSession: Failure = { code: "auth-failed", message: "This browser was not let in.", hint: newLink };
const usedToken: Failure = {
  code: "auth-failed",
  message: "This link was used already, or it is older than ten minutes.",
  hint: newLink,
};
const badSession: Failure = { code: "bad-input", message: "A session needs a token.", hint: newLink };
const wrongMethod: Failure = { code: "unsupported", message: "This address has no such request.", hint: null };
const wrongOrigin: Failure = {
  code: "auth-failed",
  message: "This request comes from another site.",
  hint: "Open the link that Bayplan printed.",
};
const wrongHost: Failure = {
  code: "auth-failed",
  message: "This server is called by a name that is not its own.",
  hint: "Use 127.0.0.1 or localhost, as in the link that Bayplan printed.",
};
