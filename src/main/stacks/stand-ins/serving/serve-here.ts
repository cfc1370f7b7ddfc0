import { readFile, rm, writeFile } from "node:fs/promises";
import { AppError } from "../../../../shared/domain/index.ts";
import { cookiesForAnyHost } from "./display-cookies.ts";
import { NameProxy } from "./name-proxy.ts";
import { ServedPort } from "./serial-port.ts";
import { makeServingFolder } from "./serving-folder.ts";
import type { ServingPlan } from "./serving-plan.ts";

/** What stands in for a stack while it runs. Whoever has it closes it. */
export interface Serving {
  /** Where a browser learns how to reach containers by their names; null when no names are served. */
  pacUrl: string | null;
  close(): Promise<void>;
}

/**
 * Makes what a plan says: pseudo terminals, the proxy for names, the copied cookies. On failure nothing is left.
 * @throws AppError when something cannot be made.
 */
export async function serveHere(plan: ServingPlan): Promise<Serving> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    closing.push(() => rm(plan.folder, { recursive: true, force: true }));
    await makeServingFolder(plan.folder);
    for (const port of plan.serial) {
      const served = await ServedPort.open(port);
      closing.push(() => served.close());
    }
    if (plan.authority !== null) await copyCookies(plan.authority);
    let proxy: NameProxy | null = null;
    if (plan.names.length > 0) {
      const opened = await NameProxy.open(plan.names);
      closing.push(() => opened.close());
      proxy = opened;
    }
    return { pacUrl: proxy?.pacUrl ?? null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Readable for the user of a container, whoever that is; the folder around it is not. */
async function copyCookies({ from, copy }: { from: string; copy: string }): Promise<void> {
  let cookies: Buffer;
  try {
    cookies = await readFile(from);
  } catch (error) {
    throw new AppError("unsupported", `${from}, which lets clients into the display, cannot be read.`, {
      cause: error,
    });
  }
  await writeFile(copy, cookiesForAnyHost(cookies), { mode: 0o644 });
}
