import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkStack } from "../../../../src/main/stacks/index.ts";
import { requestFor } from "../checks/check-folder.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { grypeAnswer, trivyAnswer } from "./answers.ts";

const stack =
  "services:\n  web: {image: 'site/web:1.2.0'}\n  twin: {image: 'site/web:1.2.0'}\n  own: {build: .}\n  gone:\n    image: site/gone:1\n";

/**
 * A program that behaves as a scanner does, since none can be installed where these tests run: it writes down how it was
 * asked, answers about one image, and fails on another one as trivy does on an image that it cannot find.
 */
function scannerScript(answer: string): string {
  return `#!/bin/sh
printf '%s\\n' "$@" >> "$0.asked"
for last do :; done
case "$last" in
  *gone*) echo "2026-05-04T10:00:00Z	FATAL	Fatal error	unable to find the specified image \\"$last\\"" >&2; exit 1 ;;
  *slow*) exec sleep 60 ;;
  *odd*) echo "no json" ;;
  *) cat <<'END'
${answer}
END
esac
`;
}

async function scan(
  programs: Record<string, string>,
  text = stack,
  more: { limitMs?: number; signal?: AbortSignal; settings?: string } = {},
) {
  const settings = more.settings === undefined ? {} : { "bayplan.yaml": more.settings };
  const folder = await folderWith({ "compose.yaml": text, "bin/.keep": "", ...settings });
  const bin = join(folder, "bin");
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  const request = await requestFor(join(folder, "compose.yaml"));
  const { limitMs, signal = new AbortController().signal } = more;
  const wish = { path: `${bin}:relative`, signal, ...(limitMs !== undefined && { limitMs }) };
  const checked = await checkStack({ ...request, scan: wish });
  const findings = checked.checked.map(({ finding }) => finding).filter(({ rule }) => rule.startsWith("scan."));
  const asked = async (name: string) => (await readFile(join(bin, `${name}.asked`), "utf8")).trim().split("\n");
  return { checked, findings, asked, result: checked.scan };
}

test("nothing installed is said, and is no empty list", async () => {
  const { findings, result, checked } = await scan({});
  expect(result).toEqual({ state: "not-scanned", reason: "neither trivy nor grype is installed" });
  expect(findings).toMatchObject([
    {
      rule: "scan.not-scanned",
      severity: "warning",
      message: "The images were not scanned: neither trivy nor grype is installed.",
    },
  ]);
  expect(checked.rules.map(({ id }) => id)).toContain("scan.critical");
});

test("trivy is asked once for each image, and each vulnerability is a finding at the line of the image", async () => {
  const { findings, result, asked } = await scan({ trivy: scannerScript(trivyAnswer), grype: scannerScript("") });
  expect(await asked("trivy")).toEqual([
    ...["image", "--quiet", "--format", "json", "--scanners", "vuln", "--", "site/web:1.2.0"],
    ...["image", "--quiet", "--format", "json", "--scanners", "vuln", "--", "site/gone:1"],
  ]);
  expect(findings.map(({ severity, rule, place }) => `${severity} ${rule} ${place?.line}:${place?.column}`)).toEqual([
    "error scan.critical 2:9",
    "info scan.medium 2:9",
    "warning scan.not-scanned 4:9",
    "warning scan.not-scanned 6:5",
  ]);
  expect(findings.map(({ message }) => message)).toEqual([
    "CVE-2099-0001 (critical) in zlib 1.2.11-r1 of site/web:1.2.0.",
    "CVE-2019-1549 (medium) in libssl1.1 1.1.1c-r0 of site/web:1.2.0: openssl: information disclosure in fork()",
    "The image own was not scanned: it is built here; give the build an `image` name and scan that.",
    expect.stringMatching(
      /^The image site\/gone:1 was not scanned: trivy failed \(1\): .*unable to find the specified/,
    ),
  ]);
  expect(findings[1]).toMatchObject({
    hint: "It is mended in 1.1.1d-r0.",
    source: "https://avd.aquasec.com/nvd/cve-2019-1549",
  });
  expect(result).toMatchObject({
    state: "scanned",
    scanner: "trivy",
    images: [
      { image: "site/web:1.2.0", notScanned: null },
      { image: "own", notScanned: expect.any(String) },
      { image: "site/gone:1", notScanned: expect.any(String) },
    ],
    vulnerabilities: [{ id: "CVE-2099-0001" }, { id: "CVE-2019-1549", fixedVersion: "1.1.1d-r0" }],
    notListed: 0,
  });
});

test("grype is asked where there is no trivy; what counts little is in the result alone", async () => {
  const { findings, result, asked } = await scan(
    { grype: scannerScript(grypeAnswer) },
    "services:\n  a: {image: redis}\n",
  );
  expect(await asked("grype")).toEqual(["--quiet", "--output", "json", "--", "docker.io/library/redis:latest"]);
  expect(findings).toMatchObject([{ rule: "scan.high", severity: "warning", hint: "It is mended in 1.35.1, 1.36.0." }]);
  expect(result).toMatchObject({ vulnerabilities: [{ severity: "high" }, { id: "CVE-1999-0002", severity: "low" }] });
});

test("rules of bayplan.yaml and comments count for them, too", async () => {
  const text = "services:\n  a:\n    # bayplan-ignore scan.medium: not reachable here\n    image: site/web:1.2.0\n";
  const { findings, checked } = await scan({ trivy: scannerScript(trivyAnswer) }, text, {
    settings: "rules: {scan.critical: warning}\n",
  });
  expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(["warning scan.critical"]);
  expect(checked.ignored).toBe(1);
});

test("a scanner that takes too long, or answers in another form, is said", async () => {
  const text = "services:\n  a: {image: 'slow:1'}\n  b: {image: 'odd:1'}\n";
  const { findings } = await scan({ trivy: scannerScript("") }, text, { limitMs: 300 });
  expect(findings.map(({ message }) => message)).toEqual([
    "The image slow:1 was not scanned: trivy took more than 0.3 s.",
    "The image odd:1 was not scanned: trivy answered in a form that Bayplan does not know.",
  ]);
});

test("cancelling ends the scanner", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 200);
  const text = "services:\n  a: {image: 'slow:1'}\n";
  const startedMs = Date.now();
  await expect(scan({ trivy: scannerScript("") }, text, { signal: abort.signal })).rejects.toMatchObject({
    code: "cancelled",
  });
  expect(Date.now() - startedMs).toBeLessThan(10_000);
});
