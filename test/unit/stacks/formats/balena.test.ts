// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a variable that balena leaves as it is.
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { notApplied, openAs, remarks, serviceOf, stackOf } from "./opened.ts";

test("a project of several services: networks and order as in Compose, restart always, balena's variables", async () => {
  const opened = await openAs(
    "docker-compose.yml",
    `version: '2'
services:
  frontend:
    image: front:1
    expose: ["80"]
  proxy:
    image: haproxy:3
    depends_on: [frontend]
    ports: ["80:80"]
    environment: [BALENA_APP_NAME=mine]
    labels: [io.resin.features.supervisor-api=1]
  data:
    image: data:1
    volumes: [resin-data:/data]
    restart: "no"
    labels: {io.balena.features.dbus: '0'}
volumes:
  resin-data: {}
`,
  );
  expect(opened.format).toBe("balena");
  expect(remarks(opened)).toEqual(["info balena.environment 1:1", "warning balena.feature 11:14"]);
  expect(stackOf(opened).services.map(({ name, restart }) => `${name} ${restart.policy}`)).toEqual([
    "frontend always",
    "proxy always",
    "data no",
  ]);
  expect(serviceOf(opened, "proxy")).toMatchObject({
    dependsOn: [{ service: "frontend", condition: "service_started", restart: false }],
    ports: [{ containerPort: 80, hostPort: 80 }],
    networks: [{ name: "default", aliases: [] }],
    environment: { BALENA: "1", BALENA_APP_NAME: "mine", RESIN_SERVICE_NAME: "proxy", USER: "root" },
  });
});

test("labels give what harms nothing, and say of the rest why it is not given", async () => {
  const features = [
    "kernel-modules",
    "firmware",
    "journal-logs",
    "extra-firmware",
    "dbus",
    "sysfs",
    "procfs",
    "balena-socket",
    "supervisor-api",
    "balena-api",
    "gpu",
    "flux",
  ];
  const labels = features.map((name) => `      io.balena.features.${name}: '1'`).join("\n");
  const opened = await openAs("compose.yml", `services:\n  main:\n    image: a:1\n    labels:\n${labels}\n`);
  expect(
    serviceOf(opened).mounts.map(({ kind, source, target, readOnly }) => `${kind} ${source} ${target} ${readOnly}`),
  ).toEqual([
    "bind /lib/modules /lib/modules true",
    "bind /lib/firmware /lib/firmware true",
    "bind /var/log/journal /var/log/journal true",
    "bind /run/log/journal /run/log/journal true",
    "bind /etc/machine-id /etc/machine-id true",
    "volume extra-firmware /extra-firmware false",
  ]);
  expect(remarks(opened).filter((line) => line.includes("feature"))).toEqual([
    ...[9, 10, 11, 12, 13, 14, 15].map((line) => `warning balena.feature ${line}:7`),
    "warning balena.unknown-feature 16:7",
  ]);
});

test("what a device drops is dropped here, each with its place", async () => {
  const opened = await openAs(
    "docker-compose.yml",
    `version: "3.8"
services:
  main:
    image: app:\${TAG}
    container_name: mine
    mem_limit: 1.5g
    mem_reservation: 64m
    cpus: 0.5
    volumes:
      - data:/data
      - /dev:/dev
      - {type: volume, source: data, target: /again}
    deploy: {resources: {limits: {cpus: "1", memory: 64m}}}
    env_file: [none.env]
    labels: {io.balena.update.strategy: hand-over}
volumes: {data: {}}
secrets: {a: {file: b}}
`,
  );
  expect(remarks(opened)).toEqual([
    "warning balena.version 1:1",
    "info balena.environment 1:1",
    "warning balena.variable 4:5",
    "warning balena.dropped-key 5:5",
    "warning balena.memory-unlimited 6:5",
    "warning balena.dropped-volume 11:9",
    "warning balena.dropped-volume 12:9",
    "warning balena.dropped-key 13:5",
    "warning balena.dropped-key 14:5",
    "warning balena.dropped-key 17:1",
  ]);
  expect(serviceOf(opened)).toMatchObject({
    image: "app:${TAG}",
    containerName: null,
    limits: { memoryBytes: null, memoryReservationBytes: 64 * 1024 ** 2, cpuCores: 0.5 },
    mounts: [{ source: "data", target: "/data" }],
    labels: { "io.balena.update.strategy": "hand-over" },
  });
});

test("a Dockerfile alone is one privileged service on the host's network with its data kept", async () => {
  const folder = await folderWith({ Dockerfile: "FROM debian:12\n" });
  const opened = await openStack(folder, {});
  expect(opened).toMatchObject({ format: "balena", file: join(folder, "Dockerfile") });
  expect(serviceOf(opened)).toMatchObject({
    name: "main",
    build: { context: folder, dockerfile: "Dockerfile" },
    restart: { policy: "always" },
  });
  expect(serviceOf(opened).mounts[0]).toMatchObject({ kind: "volume", source: "resin-data", target: "/data" });
  expect(serviceOf(opened).options).toMatchObject({ networkMode: "host", privileged: true });
  expect(notApplied(opened)).toEqual([]);
});

test("a template is one service that is built of it", async () => {
  const text = "# base\nFROM balenalib/%%BALENA_MACHINE_NAME%%-debian\n";
  const opened = await openStack(await folderWith({ "Dockerfile.template": text }), {});
  expect(remarks(opened).filter((remark) => remark.startsWith("error"))).toEqual([]);
  expect(serviceOf(opened).build?.dockerfile).toBe("Dockerfile.template");
});
