/** Answers in the form of trivy 0.5x (`--format json`, SchemaVersion 2), with what it also writes and nobody reads here. */
export const trivyAnswer = JSON.stringify({
  SchemaVersion: 2,
  CreatedAt: "2026-05-04T10:00:00Z",
  ArtifactName: "site/web:1.2.0",
  ArtifactType: "container_image",
  Metadata: {
    OS: { Family: "alpine", Name: "3.10.2", EOSL: true },
    ImageID: "sha256:11",
    ImageConfig: { os: "linux" },
  },
  Results: [
    {
      Target: "site/web:1.2.0 (alpine 3.10.2)",
      Class: "os-pkgs",
      Type: "alpine",
      Vulnerabilities: [
        {
          VulnerabilityID: "CVE-2019-1549",
          PkgID: "libssl1.1@1.1.1c-r0",
          PkgName: "libssl1.1",
          InstalledVersion: "1.1.1c-r0",
          FixedVersion: "1.1.1d-r0",
          Status: "fixed",
          Layer: { Digest: "sha256:22", DiffID: "sha256:33" },
          SeveritySource: "nvd",
          PrimaryURL: "https://avd.aquasec.com/nvd/cve-2019-1549",
          Title: "openssl: information disclosure in fork()",
          Severity: "MEDIUM",
          CVSS: { nvd: { V3Score: 5.3 } },
        },
        {
          VulnerabilityID: "CVE-2099-0001",
          PkgName: "zlib",
          InstalledVersion: "1.2.11-r1",
          Status: "affected",
          Severity: "CRITICAL",
        },
        {
          VulnerabilityID: "CVE-2099-0001",
          PkgName: "zlib",
          InstalledVersion: "1.2.11-r1",
          FixedVersion: "",
          Severity: "CRITICAL",
        },
      ],
    },
    // A part of the image without vulnerabilities has no list of them.
    { Target: "app/package-lock.json", Class: "lang-pkgs", Type: "npm" },
  ],
});

/** Answers in the form of grype (`--output json`). */
export const grypeAnswer = JSON.stringify({
  matches: [
    {
      vulnerability: {
        id: "CVE-2022-28391",
        dataSource: "https://nvd.nist.gov/vuln/detail/CVE-2022-28391",
        namespace: "nvd:cpe",
        severity: "High",
        urls: [],
        description: "BusyBox may let a remote attacker set terminal colours",
        cvss: [{ source: "nvd", version: "3.1", metrics: { baseScore: 8.8 } }],
        fix: { versions: ["1.35.1", "1.36.0"], state: "fixed" },
        advisories: [],
        risk: 1.7,
      },
      relatedVulnerabilities: [],
      matchDetails: [{ type: "exact-direct-match", matcher: "apk-matcher", found: { constraint: "< 1.35.1" } }],
      artifact: { id: "a2", name: "busybox", version: "1.35.0", type: "apk", locations: [], licenses: ["GPL-2.0"] },
    },
    {
      vulnerability: {
        id: "CVE-1999-0002",
        dataSource: "",
        severity: "Negligible",
        urls: [],
        fix: { versions: [], state: "wont-fix" },
      },
      artifact: { name: "libc6", version: "2.36" },
    },
  ],
  source: { type: "image", target: { userInput: "redis:7", tags: [], layers: [] } },
  distro: { name: "alpine", version: "3.15" },
  descriptor: { name: "grype", version: "0.99.1" },
});
