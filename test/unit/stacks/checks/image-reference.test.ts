import { expect, test } from "vitest";
import { fullImageName, parseImage } from "../../../../src/main/stacks/checks/image-reference.ts";

test.each([
  ["redis", null, "redis", null, null],
  ["library/redis:7", null, "redis", "7", null],
  ["docker.io/library/redis:7", null, "redis", "7", null],
  ["grafana/grafana:11.3.0", null, "grafana/grafana", "11.3.0", null],
  ["registry.lan:5000/site/web", "registry.lan:5000", "site/web", null, null],
  ["localhost/web:1", "localhost", "web", "1", null],
  ["ghcr.io/a/b:1@sha256:00", "ghcr.io", "a/b", "1", "sha256:00"],
  ["redis@sha256:00", null, "redis", null, "sha256:00"],
])("%s", (text, host, repository, tag, digest) => {
  expect(parseImage(text)).toEqual({ host, repository, tag, digest });
});

test.each([
  ["redis", "docker.io/library/redis:latest"],
  ["redis:7-alpine", "docker.io/library/redis:7-alpine"],
  ["grafana/grafana:11.3.0", "docker.io/grafana/grafana:11.3.0"],
  ["redis@sha256:00", "docker.io/library/redis@sha256:00"],
  ["ghcr.io/a/b", "ghcr.io/a/b:latest"],
])("%s in full", (text, full) => {
  expect(fullImageName(text)).toBe(full);
});
