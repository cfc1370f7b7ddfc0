import { AppError, type Build } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import { packContext } from "../build-context/index.ts";
import type { Progress } from "../engine.ts";
import { checkOutside } from "../outside-text.ts";
import { progressAnswer } from "./answers.ts";
import { buildQuery } from "./build-query.ts";
import { unreadableAnswer } from "./engine-errors.ts";
import type { EngineHttp } from "./engine-http.ts";
import { jsonLines } from "./json-lines.ts";

/** What a build prints comes in lines; what is longer is cut. */
const progressMaxLength = 64 * 1024;

/**
 * Builds an image with the engine's own (classic) builder from a folder of this machine. Throws `bad-input` when the
 * context cannot be read, `engine-failed` with the builder's words, `cancelled`.
 */
export async function buildImage(
  http: EngineHttp,
  build: Build,
  tag: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const what = `Building ${tag}`;
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
      if (words !== undefined) throw buildFailed(tag, saidWords(words));
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

function buildFailed(tag: string, words: string): AppError {
  const needsBuildKit = /buildkit|--mount|heredoc/i.test(words);
  return new AppError("engine-failed", `Building ${tag} failed: ${words}.`, {
    hint: needsBuildKit
      ? "This Dockerfile needs BuildKit: build the image with docker buildx first, and name it in the stack."
      : "The lines before it say which step failed. Steps that download need a network in the engine.",
  });
}
