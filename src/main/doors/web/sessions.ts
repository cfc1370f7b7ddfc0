import { randomBytes } from "node:crypto";

const sessionBytes = 32;
/** Browsers that may be let in at once; the one that was let in first is shown out for the next. */
const mostSessions = 64;

/** The browsers that were let in. Kept in memory: when the host ends, so do they. */
export class Sessions {
  readonly #cookieName: string;
  readonly #open = new Set<string>();

  /** Cookies of one host name are shared by all its ports, so the port is part of the name. */
  constructor(port: number) {
    this.#cookieName = `bayplan-${port}`;
  }

  /** Lets a browser in; gives the value of its Set-Cookie header. Without Max-Age it ends with the browser. */
  open(): string {
    const id = randomBytes(sessionBytes).toString("base64url");
    this.#open.add(id);
    for (const oldest of this.#open) {
      if (this.#open.size <= mostSessions) break;
      this.#open.delete(oldest);
    }
    return `${this.#cookieName}=${id}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** True when the Cookie header of a request names an open session. */
  admits(cookieHeader: string | undefined): boolean {
    return cookiesNamed(this.#cookieName, cookieHeader ?? "").some((id) => this.#open.has(id));
  }
}

function cookiesNamed(name: string, header: string): string[] {
  return header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
