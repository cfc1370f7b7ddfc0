import { AppError } from "../../../shared/domain/index.ts";
import type { VersionAnswer } from "./answers.ts";

/** The newest API that the answers were checked against, and the oldest that has all that is asked for. */
const newest = { major: 1, minor: 47 };
const oldest = { major: 1, minor: 25 };

interface ApiVersion {
  major: number;
  minor: number;
}

function parse(text: string): ApiVersion | null {
  const match = /^(\d+)\.(\d+)$/.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}

function compare(a: ApiVersion, b: ApiVersion): number {
  return a.major - b.major || a.minor - b.minor;
}

/**
 * The API version to speak: the engine's own, but none newer than Bayplan knows. Engines refuse versions outside their
 * range (20.10 speaks up to 1.41, 29 from 1.44), so none is pinned. Throws `unsupported`.
 */
export function negotiateApiVersion(answer: VersionAnswer): string {
  const offered = parse(answer.ApiVersion);
  const least = answer.MinAPIVersion === undefined ? null : parse(answer.MinAPIVersion);
  if (offered === null) {
    throw new AppError("engine-failed", `The engine names an API version that is none: ${answer.ApiVersion}.`);
  }
  const chosen = compare(offered, newest) < 0 ? offered : newest;
  if (compare(chosen, oldest) < 0) {
    throw new AppError("unsupported", `The container engine ${answer.Version} is too old (API ${answer.ApiVersion}).`, {
      hint: `Update it to one that speaks API ${oldest.major}.${oldest.minor} or newer: Docker 1.13 or Podman 3.`,
    });
  }
  // Podman gives its own version numbers here ("4.0.0"), which do not parse and say nothing about the Docker API.
  if (least !== null && compare(least, chosen) > 0) {
    throw new AppError(
      "unsupported",
      `The container engine ${answer.Version} only speaks newer APIs than this Bayplan.`,
      {
        hint: "Update Bayplan.",
      },
    );
  }
  return `${chosen.major}.${chosen.minor}`;
}
