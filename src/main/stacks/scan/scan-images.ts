import * as z from "zod";
import {
  AppError,
  type CheckFinding,
  type Place,
  type ScanResult,
  type Vulnerability,
  vulnerabilitySeverities,
} from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import type { CheckedService } from "../checks/subject.ts";
import { findScanner, type InstalledScanner, runScanner } from "./run-scanner.ts";
import { scanRuleOf } from "./scan-rules.ts";
import type { FoundInImage } from "./scanners.ts";

/** More help nobody; the rest is counted. */
const maxVulnerabilities = 2_000;

export interface ScanWish {
  /** Where scanners are looked for, as `PATH` has it. */
  path: string | undefined;
  signal: AbortSignal;
  /** For each image; 5 minutes unless told. */
  limitMs?: number;
}

export interface Scan {
  result: ScanResult;
  /** Each vulnerability, and each image that was not looked at; how they count is for the caller to settle. */
  findings: Omit<CheckFinding, "severity">[];
}

interface Wanted {
  image: string;
  place: Place;
  isBuilt: boolean;
}

/** Asks the installed scanner about each image of a stack, once. Without a scanner the result says so. Throws `cancelled`. */
export async function scanImages(services: readonly CheckedService[], wish: ScanWish): Promise<Scan> {
  const installed = await findScanner(wish.path);
  if (installed === null) {
    const reason = "neither trivy nor grype is installed";
    const hint = "Install one of them, so that it is on the PATH.";
    return { result: { state: "not-scanned", reason }, findings: [notScanned("The images", reason, hint, null)] };
  }
  const images: { image: string; notScanned: string | null }[] = [];
  const vulnerabilities: Vulnerability[] = [];
  const findings: Scan["findings"] = [];
  for (const { image, place, isBuilt } of wantedImages(services)) {
    const outcome = isBuilt
      ? { why: "it is built here; give the build an `image` name and scan that" }
      : await scanOne(installed, image, wish);
    if ("why" in outcome) {
      images.push({ image, notScanned: outcome.why });
      findings.push(notScanned(`The image ${saidWords(image, 200)}`, outcome.why, null, place));
      continue;
    }
    images.push({ image, notScanned: null });
    vulnerabilities.push(...outcome.found.map((one) => ({ ...one, image, place })));
  }
  const sorted = worstFirst(vulnerabilities);
  const listed = sorted.slice(0, maxVulnerabilities);
  const { name: scanner } = installed.scanner;
  return {
    result: { state: "scanned", scanner, images, vulnerabilities: listed, notListed: sorted.length - listed.length },
    findings: [...findings, ...listed.map((one) => findingOf(one, scanner))],
  };
}

/** Each image once, where it is named first. */
function wantedImages(services: readonly CheckedService[]): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const service of services) {
    const isBuilt = service.wrote("build");
    const image = service.text("image") || service.name;
    if (!wanted.has(image)) wanted.set(image, { image, place: service.place(isBuilt ? "build" : "image"), isBuilt });
  }
  return [...wanted.values()];
}

async function scanOne(
  installed: InstalledScanner,
  image: string,
  { signal, limitMs }: ScanWish,
): Promise<{ found: FoundInImage[] } | { why: string }> {
  try {
    const answer = await runScanner(installed, image, { signal, ...(limitMs !== undefined && { limitMs }) });
    return { found: withoutTwins(installed.scanner.read(answer)) };
  } catch (error) {
    if (error instanceof AppError && error.code !== "cancelled") return { why: error.message.replace(/\.$/, "") };
    // zod runs out of room over very many complaints.
    if (error instanceof SyntaxError || error instanceof z.ZodError || error instanceof RangeError) {
      return { why: `${installed.scanner.name} answered in a form that Bayplan does not know` };
    }
    throw error;
  }
}

/** One package may lie in several places of an image. */
function withoutTwins(found: readonly FoundInImage[]): FoundInImage[] {
  return [...new Map(found.map((one) => [JSON.stringify([one.id, one.package, one.version]), one])).values()];
}

function worstFirst(found: readonly Vulnerability[]): Vulnerability[] {
  const rank = ({ severity }: Vulnerability) => vulnerabilitySeverities.indexOf(severity);
  return [...found].sort((a, b) => rank(a) - rank(b));
}

function findingOf(one: Vulnerability, scanner: string): Omit<CheckFinding, "severity"> {
  const { id, severity, package: name, version, fixedVersion, title, image, place, url } = one;
  const what = `${id} (${severity}) in ${name} ${version} of ${image}`;
  const hint = fixedVersion === null ? "No version that mends it is known." : `It is mended in ${fixedVersion}.`;
  return {
    rule: scanRuleOf(severity),
    message: saidWords(title === null ? `${what}.` : `${what}: ${title}`),
    hint: saidWords(hint),
    place,
    source: url ?? scanner,
    fixable: false,
  };
}

function notScanned(what: string, why: string, hint: string | null, place: Place | null): Scan["findings"][number] {
  const verb = place === null ? "were" : "was";
  const message = `${what} ${verb} not scanned: ${why}.`;
  return { rule: "scan.not-scanned", message, hint, place, source: null, fixable: false };
}
