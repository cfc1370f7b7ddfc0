import { AppError, type SshTarget } from "../../../shared/domain/index.ts";
import { briefCause, whatIsWrong } from "../outside-text.ts";

/** kanto-cm's own words: cobra prints `Error: …`, behind it perhaps gRPC's `rpc error: code = Unknown desc = …`. */
export function wordsOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line = lines.find((candidate) => candidate.startsWith("Error:")) ?? lines.find((candidate) => candidate !== "");
  return (line ?? "it says nothing")
    .replace(/^Error: /, "")
    .replace(/^rpc error: code = Unknown desc = /, "")
    .replaceAll(/\p{Cc}/gu, "")
    .replace(/\.$/, "")
    .slice(0, 500);
}

export function placeText(target: SshTarget): string {
  return `${target.user}@${target.host}:${target.port}`;
}

/** The failure behind a kanto-cm that ended with an error. `what` begins the sentence: `Container web`. */
export function kantoFailure(what: string, exitCode: number, stderr: string, target: SshTarget): AppError {
  const words = wordsOf(stderr);
  if (/^sudo:|a password is required|may not run sudo|sudo: not found|not allowed to execute/.test(words)) {
    return deniedFailure(target, words);
  }
  if (exitCode === 126 || exitCode === 127) {
    return new AppError("no-engine", `kanto-cm cannot be run on ${placeText(target)}: ${words}.`, {
      hint: "Install Eclipse Kanto's container-management, or mend its installation.",
    });
  }
  if (/permission denied/.test(words)) return deniedFailure(target, words);
  if (
    /code = Unavailable|code = DeadlineExceeded|context deadline exceeded|connection refused|no such file or directory/.test(
      words,
    )
  ) {
    return new AppError(
      "no-engine",
      `Kanto's container management on ${placeText(target)} does not answer: ${words}.`,
      {
        hint: "Start it on the device: sudo systemctl start container-management.",
      },
    );
  }
  if (/^unknown (shorthand )?flag|^unknown command/.test(words)) {
    return new AppError("unsupported", `The kanto-cm on ${placeText(target)} is too old for Bayplan: ${words}.`, {
      hint: "Update Eclipse Kanto's container-management to 1.0.0 or newer.",
    });
  }
  if (/was not found|does not exist|no such container/i.test(words))
    return new AppError("not-found", `${what}: ${words}.`);
  if (/already exists|already in use|is already/i.test(words)) return new AppError("conflict", `${what}: ${words}.`);
  return new AppError("engine-failed", `${what}: Kanto refused: ${words}.`);
}

export function deniedFailure(target: SshTarget, words: string): AppError {
  return new AppError(
    "engine-denied",
    `Kanto's socket belongs to root, and ${target.user} may not use sudo without a password on ${placeText(target)}: ${words}.`,
    {
      hint: `Log in as root, or let the user run it: echo '${target.user} ALL=(root) NOPASSWD: /usr/bin/kanto-cm' | sudo tee /etc/sudoers.d/bayplan-kanto.`,
    },
  );
}

/** What Kanto printed is not what it should print. */
export function unreadable(what: string, cause: unknown): AppError {
  return new AppError("engine-failed", `${what}: Kanto's answer cannot be read: ${whatIsWrong(cause)}.`, {
    cause: briefCause(cause),
  });
}
