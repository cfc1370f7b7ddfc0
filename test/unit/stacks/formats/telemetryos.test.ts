import { expect, test } from "vitest";
import { openAs, remarks, serviceOf, stackOf } from "./opened.ts";

const config = (containers: unknown) =>
  JSON.stringify({ name: "Stock Display", version: "1.0.0", mountPoints: { render: "/render" }, containers }, null, 1);

test("containers are reachable by their names, publish their port, keep nothing and are not started again", async () => {
  const opened = await openAs(
    "telemetry.config.json",
    config([
      { name: "api-server", image: "shop/backend:v1.2", port: 3000 },
      { name: "redis-cache", image: "redis:7-alpine", port: 6379 },
    ]),
  );
  expect(opened).toMatchObject({ format: "telemetryos", findings: [] });
  expect(stackOf(opened)).toMatchObject({ name: "stockdisplay", volumes: [] });
  expect(stackOf(opened).services.map(({ name }) => name)).toEqual(["api-server", "redis-cache"]);
  expect(serviceOf(opened)).toMatchObject({
    image: "shop/backend:v1.2",
    ports: [{ containerPort: 3000, hostPort: 3000, protocol: "tcp" }],
    networks: [{ name: "default", aliases: [] }],
    restart: { policy: "no" },
    mounts: [],
    place: { line: 9 },
  });
});

test("a floating tag, a port twice, and keys that nobody documents are told", async () => {
  const opened = await openAs(
    "telemetry.config.json",
    config([
      { name: "a", image: "shop/a:latest", port: 80 },
      { name: "b", image: "shop/b", port: 80, memory: "64m" },
    ]),
  );
  expect(opened.findings.map(({ rule }) => rule)).toEqual([
    "telemetryos.floating-tag",
    "telemetryos.floating-tag",
    "telemetryos.same-port",
    "telemetryos.unknown-key",
  ]);
  expect(serviceOf(opened, "b").ports).toMatchObject([{ containerPort: 80, hostPort: null }]);
});

test.each([
  ["none", [], "telemetryos.no-services"],
  [
    "two of one name",
    [
      { name: "a", image: "a:1" },
      { name: "a", image: "a:1" },
    ],
    "telemetryos.taken-twice",
  ],
  ["without a name", [{ image: "a:1" }], "telemetryos.bad-name"],
  ["without an image", [{ name: "a" }], "telemetryos.no-image"],
  ["a name that is no host name", [{ name: "a b", image: "a:1" }], "telemetryos.bad-name"],
  ["a port that is none", [{ name: "a", image: "a:1", port: 70_000 }], "telemetryos.bad-value"],
  ["a port that is a text", [{ name: "a", image: "a:1", port: "80" }], "telemetryos.wrong-type"],
])("containers that cannot run are an error: %s", async (_name, containers, rule) => {
  const opened = await openAs("telemetry.config.json", config(containers));
  expect(opened.stack).toBeNull();
  expect(remarks(opened).map((line) => line.split(" ").slice(0, 2).join(" "))).toContain(`error ${rule}`);
});
