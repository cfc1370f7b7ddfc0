import { AppError } from "../../../shared/domain/index.ts";
import type { FoundAccount } from "./account.ts";

/** What engines pass on when a registry wants an account, or another one (401 and 403 in its words). */
const refusals =
  /unauthorized|no basic auth credentials|authentication required|incorrect username or password|access (?:is |to the resource is )?denied|denied: |\b401\b|\b403\b|forbidden/i;

/** Docker Hub says the same of what it has not and of what it does not show. */
const perhapsMissing = /repository does not exist|may require '?docker login/i;

/**
 * The failure when a registry has refused an image; null when the engine's words say something else. `auth-failed`: the account is not
 * enough; `not-found`: it may as well not exist.
 */
export function refusedAccess(image: string, words: string, account: FoundAccount, cause: AppError): AppError | null {
  if (!refusals.test(words) && !perhapsMissing.test(words)) return null;
  const { registry, how, credentials } = account;
  const login = registry.name === "docker.io" ? "docker login" : `docker login ${registry.name}`;
  const another = credentials === null ? "an account" : "an account that may have it";
  if (perhapsMissing.test(words)) {
    const message = `${registry.name} does not give the image ${image}, asked ${how}: it does not exist there, or is not for everybody.`;
    const hint = `Check its name. If it is private, log in with ${another}: ${login}.`;
    return new AppError("not-found", message, { hint, cause });
  }
  return new AppError(
    "auth-failed",
    `The registry ${registry.name} refuses the image ${image}, asked ${how}: ${words}.`,
    {
      hint: `Log in with ${another}, on this machine: ${login}.`,
      cause,
    },
  );
}
