import { expect, test } from "vitest";
import { scanners } from "../../../../src/main/stacks/scan/scanners.ts";
import { grypeAnswer, trivyAnswer } from "./answers.ts";

const [trivy, grype] = scanners;

test("trivy's answer: what is known of each vulnerability, and null for what it does not say", () => {
  expect(trivy?.read(trivyAnswer)).toEqual([
    {
      id: "CVE-2019-1549",
      severity: "medium",
      package: "libssl1.1",
      version: "1.1.1c-r0",
      fixedVersion: "1.1.1d-r0",
      title: "openssl: information disclosure in fork()",
      url: "https://avd.aquasec.com/nvd/cve-2019-1549",
    },
    ...Array.from({ length: 2 }, () => ({
      id: "CVE-2099-0001",
      severity: "critical",
      package: "zlib",
      version: "1.2.11-r1",
      fixedVersion: null,
      title: null,
      url: null,
    })),
  ]);
});

test("grype's answer", () => {
  expect(grype?.read(grypeAnswer)).toEqual([
    {
      id: "CVE-2022-28391",
      severity: "high",
      package: "busybox",
      version: "1.35.0",
      fixedVersion: "1.35.1, 1.36.0",
      title: "BusyBox may let a remote attacker set terminal colours",
      url: "https://nvd.nist.gov/vuln/detail/CVE-2022-28391",
    },
    {
      id: "CVE-1999-0002",
      severity: "low",
      package: "libc6",
      version: "2.36",
      fixedVersion: null,
      title: null,
      url: null,
    },
  ]);
});

test("an image without vulnerabilities, and an answer in another form", () => {
  expect(trivy?.read('{"SchemaVersion":2,"Results":null}')).toEqual([]);
  expect(trivy?.read('{"SchemaVersion":2}')).toEqual([]);
  expect(grype?.read('{"matches":[]}')).toEqual([]);
  // The form before 0.20 was a list; nothing found in it must not look like nothing there.
  expect(() => trivy?.read('[{"Target":"a","Vulnerabilities":null}]')).toThrow();
  expect(() => grype?.read("{}")).toThrow();
  expect(() => grype?.read("")).toThrow(SyntaxError);
});

test("a name that grype would take for a folder is written out", () => {
  expect(grype?.words("dir:1").at(-1)).toBe("docker.io/library/dir:1");
  expect(grype?.words("ghcr.io/a/b:1").at(-1)).toBe("ghcr.io/a/b:1");
  expect(trivy?.words("redis:7").slice(-2)).toEqual(["--", "redis:7"]);
});
