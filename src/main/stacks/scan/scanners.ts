import * as z from "zod";
import type { Vulnerability, VulnerabilitySeverity } from "../../../shared/domain/index.ts";
import { fullImageName } from "../checks/image-reference.ts";

/** What a scanner says of one image, before it is known where the file names it. */
export type FoundInImage = Omit<Vulnerability, "image" | "place">;

/** A scanner for images: how it is asked, and how its answer is read. */
export interface Scanner {
  name: "trivy" | "grype";
  /** An argument list, never a line for a shell. */
  words(image: string): string[];
  /** Throws what JSON.parse and zod throw for an answer that is none. */
  read(answer: string): FoundInImage[];
}

const shortText = z.string().transform((text) => text.slice(0, 500));
/** Both write an empty text, or nothing at all, for what they do not know. */
const maybe = shortText.nullish().transform((text) => (text === undefined || text === "" ? null : text));

const trivyAnswer = z.object({
  SchemaVersion: z.literal(2),
  Results: z
    .array(
      z.object({
        Vulnerabilities: z
          .array(
            z.object({
              VulnerabilityID: shortText,
              PkgName: shortText,
              InstalledVersion: shortText.default(""),
              FixedVersion: maybe,
              Severity: z.string().default("UNKNOWN"),
              Title: maybe,
              PrimaryURL: maybe,
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

/** `trivy image --format json`, format 2 (aquasecurity/trivy pkg/types/report.go, since 0.20). */
const trivy: Scanner = {
  name: "trivy",
  words: (image) => ["image", "--quiet", "--format", "json", "--scanners", "vuln", "--", image],
  read: (answer) =>
    (trivyAnswer.parse(JSON.parse(answer)).Results ?? []).flatMap(({ Vulnerabilities }) =>
      (Vulnerabilities ?? []).map((found) => ({
        id: found.VulnerabilityID,
        severity: severityOf(found.Severity),
        package: found.PkgName,
        version: found.InstalledVersion,
        fixedVersion: found.FixedVersion,
        title: found.Title,
        url: webAddress(found.PrimaryURL),
      })),
    ),
};

const grypeAnswer = z.object({
  matches: z.array(
    z.object({
      vulnerability: z.object({
        id: shortText,
        severity: z.string().default("Unknown"),
        dataSource: maybe,
        description: maybe,
        fix: z.object({ versions: z.array(shortText).nullish(), state: z.string().nullish() }).nullish(),
      }),
      artifact: z.object({ name: shortText, version: shortText.default("") }),
    }),
  ),
});

/** `grype IMAGE -o json` (anchore/grype grype/presenter/models/document.go). */
const grype: Scanner = {
  name: "grype",
  // With its registry: it reads `dir:1` as a folder and `registry:1` as a place to look in.
  words: (image) => ["--quiet", "--output", "json", "--", fullImageName(image)],
  read: (answer) =>
    grypeAnswer.parse(JSON.parse(answer)).matches.map(({ vulnerability, artifact }) => {
      const { id, severity, dataSource, description, fix } = vulnerability;
      const versions = fix?.versions ?? [];
      return {
        id,
        severity: severityOf(severity),
        package: artifact.name,
        version: artifact.version,
        fixedVersion: fix?.state === "fixed" && versions.length > 0 ? versions.join(", ") : null,
        title: description,
        url: webAddress(dataSource),
      };
    }),
};

/** The first one that is installed is asked. */
export const scanners: readonly Scanner[] = [trivy, grype];

function severityOf(word: string): VulnerabilitySeverity {
  const lower = word.toLowerCase();
  if (lower === "critical" || lower === "high" || lower === "medium" || lower === "low") return lower;
  return lower === "negligible" ? "low" : "unknown";
}

function webAddress(text: string | null): string | null {
  return text !== null && /^https?:\/\//.test(text) ? text : null;
}
