import type { ClientContext, ClientLink } from "@orpc/client";
import { AppError } from "../../shared/domain/index.ts";

type Link = ClientLink<ClientContext>;

let current: Link | null = null;
const waiting = new Set<(link: Link) => void>();

/** Puts a working connection in place, or null when it broke. Calls that wait for one go out at once. */
export function setLink(link: Link | null): void {
  current = link;
  if (link === null) return;
  for (const resume of waiting) resume(link);
  waiting.clear();
}

function openLink(signal: AbortSignal | undefined): Promise<Link> {
  if (current !== null) return Promise.resolve(current);
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(15_000);
    const either = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    function resume(link: Link): void {
      either.removeEventListener("abort", giveUp);
      resolve(link);
    }
    function giveUp(): void {
      waiting.delete(resume);
      reject(
        new AppError("unreachable", "There is no connection to Bayplan.", {
          hint: "It tries again by itself. Start Bayplan again if it was ended.",
        }),
      );
    }
    either.addEventListener("abort", giveUp, { once: true });
    waiting.add(resume);
  });
}

/** One link for the whole life of the page: a call goes over whatever connection is there, or waits for it. */
export const lastingLink: Link = {
  async call(path, input, options) {
    const link = await openLink(options.signal);
    return link.call(path, input, options);
  },
};
