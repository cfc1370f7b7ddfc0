import * as z from "zod";
import { placeSchema } from "./finding.ts";

/** How bad a scanner calls it; grype's `negligible` is `low`. */
export const vulnerabilitySeverities = ["critical", "high", "medium", "low", "unknown"] as const;
export const vulnerabilitySeveritySchema = z.enum(vulnerabilitySeverities);
export type VulnerabilitySeverity = z.infer<typeof vulnerabilitySeveritySchema>;

/** A known weakness in a package of an image. */
export const vulnerabilitySchema = z.object({
  id: z.string(),
  severity: vulnerabilitySeveritySchema,
  package: z.string(),
  version: z.string(),
  /** Where it is mended; null while it is not. */
  fixedVersion: z.string().nullable(),
  title: z.string().nullable(),
  url: z.string().nullable(),
  image: z.string(),
  /** Where the file names the image. */
  place: placeSchema,
});
export type Vulnerability = z.infer<typeof vulnerabilitySchema>;

/** What a scanner said of the images of a stack. An empty list of vulnerabilities means that each image named was looked at. */
export const scanResultSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("not-scanned"), reason: z.string() }),
  z.object({
    state: z.literal("scanned"),
    scanner: z.enum(["trivy", "grype"]),
    images: z.array(
      z.object({
        image: z.string(),
        /** Why it could not be looked at; null when it was. */
        notScanned: z.string().nullable(),
      }),
    ),
    /** The worst first; of very many the rest is counted. */
    vulnerabilities: z.array(vulnerabilitySchema),
    notListed: z.int().nonnegative(),
  }),
]);
export type ScanResult = z.infer<typeof scanResultSchema>;
