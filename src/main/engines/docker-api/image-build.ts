import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type Build } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import { baseImages, packContext } from "../build-context/index.ts";
import type { Progress } from "../engine.ts";
import { checkOutside } from "../outside-text.ts";
import {
  buildHeaders,
  type FoundAccount,
  type RegistryAccounts,
  refusedAccess,
  registryOf,
} from "../registry-accounts/index.ts";
import { progressAnswer } from "./answers.ts";
import { buildQuery } from "./build-query.ts";
import { unreadableAnswer } from "./engine-errors.ts";
import type { EngineHttp } from "./engine-http.ts";
import { splitReference } from "./image-reference.ts";
import { jsonLines } from "./json-lines.ts";

/** What a build prints comes in lines; what is longer is cut. */
const progressMaxLength = 64 * 1024;

/**
 * Builds an image with the engine's own (classic) builder from a folder of this machine, with this machine's accounts of the
 * registries that its Dockerfile names, and of no other. Throws `bad-input` when the context cannot be read, `engine-failed` with the
 * builder's words, `auth-failed` or `not-found` when a registry refuses a base image, `cancelled`.
 */
export async function buildImage(
  http: EngineHttp,
  build: Build,
  tag: string,
  accounts: RegistryAccounts,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const what = `Building ${tag}`;
  const bases = await accountsForBases(build, accounts, progress, signal);
  const context = await packContext(build.context, build.dockerfile, build.options?.inlineDockerfile ?? null);
  const cancelled = (): AppError => new AppError("cancelled", `${what} was cancelled.`);
  let contextFailure: AppError | null = null;
  context.on("error", (error: unknown) => {
    if (error instanceof AppError) contextFailure = error;
  });
  let stop = (): void => {
    context.destroy();
  };
  const onAbort = (): void => stop();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const answer = await http.stream({
      method: "POST",
      path: "/build",
      query: buildQuery(build, tag),
      secretHeaders: buildHeaders(bases.map(({ account }) => account)),
      file: context,
      signal,
      // The answer begins when the context is there: gigabytes, over a thin line.
      timeoutMs: null,
      what,
    });
    stop = () => {
      context.destroy();
      answer.destroy();
    };
    if (signal.aborted) stop();
    for await (const value of jsonLines(answer)) {
      const parsed = checkOutside(progressAnswer, value);
      if (!parsed.success) throw unreadableAnswer(what, parsed.error);
      const words = parsed.data.errorDetail?.message ?? parsed.data.error;
      if (words !== undefined) throw buildFailed(tag, saidWords(words), bases);
      const text = (parsed.data.stream ?? parsed.data.status ?? "").slice(0, progressMaxLength).trimEnd();
      if (text !== "") progress(text);
    }
    if (signal.aborted) throw cancelled();
  } catch (error) {
    if (signal.aborted) throw cancelled();
    throw contextFailure ?? http.streamError(error);
  } finally {
    signal.removeEventListener("abort", onAbort);
    stop();
  }
}

interface Base {
  image: string;
  account: FoundAccount;
}

async function accountsForBases(
  build: Build,
  accounts: RegistryAccounts,
  progress: Progress,
  signal: AbortSignal,
): Promise<Base[]> {
  const bases: Base[] = [];
  for (const image of baseImages(await dockerfileText(build), build.args)) {
    const registry = registryOf(image);
    const known = bases.find(({ account }) => account.registry.key === registry.key)?.account;
    const account = known ?? (await accounts.find(registry, signal));
    if (account.failed && known === undefined) progress(`Base images of ${registry.name} ${account.how}`);
    bases.push({ image, account });
  }
  return bases;
}

/** Whoever packs the context says that it cannot be read: then there is nothing to look for. */
async function dockerfileText({ context, dockerfile, options }: Build): Promise<string> {
  if (options?.inlineDockerfile != null) return options.inlineDockerfile;
  return readFile(join(context, dockerfile), "utf8").catch(() => "");
}

function buildFailed(tag: string, words: string, bases: readonly Base[]): AppError {
  const needsBuildKit = /buildkit|--mount|heredoc/i.test(words);
  const failed = plainlyFailed(tag, words, needsBuildKit);
  // The engine names the image that it was refused, or there is but one.
  const base =
    bases.find(({ image }) => words.includes(splitReference(image).name)) ??
    (bases.length === 1 ? bases[0] : undefined);
  const refused = base === undefined ? null : refusedAccess(base.image, words, base.account, failed);
  return refused ?? failed;
}

function plainlyFailed(tag: string, words: string, needsBuildKit: boolean): AppError {
  return new AppError("engine-failed", `Building ${tag} failed: ${words}.`, {
    hint: needsBuildKit
      ? "This Dockerfile needs BuildKit: build the image with docker buildx first, and name it in the stack."
      : "The lines before it say which step failed. Steps that download need a network in the engine.",
  });
}
