import { AppError } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import type { Progress } from "../engine.ts";
import { checkOutside } from "../outside-text.ts";
import {
  type FoundAccount,
  pullHeaders,
  type RegistryAccounts,
  refusedAccess,
  registryOf,
} from "../registry-accounts/index.ts";
import { type ProgressAnswer, progressAnswer } from "./answers.ts";
import { unreadableAnswer } from "./engine-errors.ts";
import type { EngineHttp } from "./engine-http.ts";
import { splitReference } from "./image-reference.ts";
import { jsonLines } from "./json-lines.ts";

/** How often the sum of what has been downloaded is told. */
const reportEveryMs = 500;

/** The layers of an image that are kept count of; none has as many (moby's own limit is 127). */
const layersMax = 500;

/**
 * Pulls an image with this machine's account of its registry, where there is one. Throws `not-found` with the registry's own words when
 * it cannot be had, `auth-failed` when the registry wants another account.
 */
export async function pullImage(
  http: EngineHttp,
  { reference, platform }: { reference: string; platform: string | null },
  accounts: RegistryAccounts,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { name, tag } = splitReference(reference);
  const account = await accounts.find(registryOf(reference), signal);
  if (account.failed) progress(`Pulling ${reference} ${account.how}`);
  try {
    const answer = await http.stream({
      method: "POST",
      path: "/images/create",
      query: { fromImage: name, tag, ...(platform === null ? {} : { platform }) },
      secretHeaders: pullHeaders(account),
      signal,
      // The answer begins once the registry has answered the engine, which may take its name server's patience.
      timeoutMs: 120_000,
      what: `Image ${reference}`,
    });
    await followPull(http, answer, reference, progress, signal);
  } catch (error) {
    if (error instanceof AppError && (error.code === "not-found" || error.code === "engine-failed")) {
      throw notHad(reference, account, error);
    }
    throw error;
  }
}

async function followPull(
  http: EngineHttp,
  answer: Parameters<typeof jsonLines>[0],
  reference: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const stop = (): void => {
    answer.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const report = new PullReport(progress);
    for await (const value of jsonLines(answer)) {
      const parsed = checkOutside(progressAnswer, value);
      if (!parsed.success) throw unreadableAnswer(`Image ${reference}`, parsed.error);
      const words = parsed.data.errorDetail?.message ?? parsed.data.error;
      if (words !== undefined) throw new AppError("not-found", saidWords(words));
      report.take(parsed.data);
    }
  } catch (error) {
    throw signal.aborted ? cancelled(reference) : http.streamError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
  if (signal.aborted) throw cancelled(reference);
}

function cancelled(reference: string): AppError {
  return new AppError("cancelled", `Pulling ${reference} was cancelled.`);
}

function notHad(reference: string, account: FoundAccount, cause: AppError): AppError {
  const words = cause.message
    .replace(`Image ${reference}: `, "")
    .replace(/^the engine refused \(\d+\): /, "")
    .replace(/\.$/, "");
  const refused = refusedAccess(reference, words, account, cause);
  if (refused !== null) return refused;
  return new AppError("not-found", `Image ${reference} does not exist here and could not be pulled: ${words}.`, {
    hint: "Check its name and the way to its registry, or load it: docker load -i image.tar.",
    cause,
  });
}

/** Says each change of a layer's state once, and now and then the sum of bytes. */
class PullReport {
  readonly #progress: Progress;
  readonly #layers = new Map<string, { status: string; current: number; total: number }>();
  #reportedAtMs = 0;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  take(line: ProgressAnswer): void {
    const id = line.id === undefined ? undefined : saidWords(line.id, 100);
    const status = line.status === undefined ? undefined : saidWords(line.status, 200);
    if (status === undefined) return;
    if (id === undefined || (!this.#layers.has(id) && this.#layers.size >= layersMax)) {
      this.#progress(status);
      return;
    }
    const before = this.#layers.get(id);
    const total = line.progressDetail?.total ?? 0;
    if (total === 0 || status !== "Downloading") {
      if (before?.status !== status) this.#progress(`${id}: ${status}`);
      this.#layers.set(id, { status, current: before?.total ?? 0, total: before?.total ?? 0 });
      return;
    }
    this.#layers.set(id, { status, current: line.progressDetail?.current ?? 0, total });
    this.#reportSum();
  }

  #reportSum(): void {
    const nowMs = Date.now();
    if (nowMs - this.#reportedAtMs < reportEveryMs) return;
    this.#reportedAtMs = nowMs;
    let current = 0;
    let total = 0;
    for (const layer of this.#layers.values()) {
      current += layer.current;
      total += layer.total;
    }
    this.#progress(`Downloading: ${megabytes(current)} of ${megabytes(total)} MB`);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
