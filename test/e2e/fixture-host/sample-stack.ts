import type { OpenedStack, Service } from "../../../src/shared/domain/index.ts";

const source = `# Line gateway, press hall
name: line-gateway
services:
  broker:
    image: eclipse-mosquitto:2
    ports: ["1883:1883"]
    volumes: [broker-data:/mosquitto/data]
    restart: unless-stopped

  bridge:
    image: plant/modbus:0.9
    depends_on:
      broker: { condition: service_healthy }
    mem_limit: 96m
    privileged: true
    restart: unless-stopped

  rules:
    image: plant/rules:latest
    mem_limit: 256m
    environment:
      MQTT_URL: mqtt://broker:1883
      TOKEN: \${RULES_TOKEN:-none} # set it in .env

  historian:
    image: plant/historian:2.8
    cpus: 6
    volumes: [history:/var/lib/history]
    tmpfs: ["/tmp:size=512m"]

  dashboard:
    image: plant/panel:5.0
    ports: ["80:3000"]
volumes: { broker-data: {}, history: {} }
`;

function service(name: string, line: number, memoryMiB: number | null): Service {
  return {
    name,
    place: { file: "/home/you/line-gateway/compose.yaml", line, column: 3 },
    image: `plant/${name}`,
    build: null,
    command: null,
    entrypoint: null,
    environment: {},
    labels: {},
    ports: [],
    mounts: [],
    networks: [],
    dependsOn: [],
    healthcheck: null,
    restart: { policy: "no", maximumRetries: null },
    limits: {
      memoryBytes: memoryMiB === null ? null : memoryMiB * 1024 ** 2,
      memoryReservationBytes: null,
      cpuCores: null,
      pids: null,
    },
    containerName: null,
    hostName: null,
    user: null,
    workingFolder: null,
    readOnly: false,
    init: false,
    stopSignal: null,
    stopGraceMs: null,
    batch: false,
    load: false,
  };
}

/** The stack of the fixture, with findings of each severity; `broken` has an error among them. */
export function openedStack(file: string, broken: boolean): OpenedStack {
  const at = (line: number) => ({ file, line, column: 5 });
  return {
    file,
    source,
    stack: {
      name: "line-gateway",
      file,
      services: [
        service("broker", 4, null),
        service("bridge", 10, 96),
        service("rules", 18, 256),
        service("historian", 25, null),
        service("dashboard", 31, null),
      ],
      volumes: [],
      networks: [],
      loadDescription: null,
    },
    findings: [
      ...(broken
        ? [
            {
              rule: "compose.dependency-without-check",
              severity: "error" as const,
              message: "bridge waits for broker to be healthy, broker has no health check",
              hint: "Give broker a healthcheck, or wait for service_started.",
              place: at(13),
            },
          ]
        : []),
      {
        rule: "compose.cpus-above-device",
        severity: "warning",
        message: "historian asks for 6 CPUs; no chosen target has more than 4",
        hint: "Docker refuses to start it there. Write cpus: 4 or less.",
        place: at(27),
      },
      {
        rule: "compose.tmpfs-is-memory",
        severity: "warning",
        message: "tmpfs counts as memory: up to 512 MiB",
        hint: "Lower its size, or use a volume.",
        place: at(29),
      },
      {
        rule: "compose.floating-tag",
        severity: "info",
        message: "plant/rules:latest can be another image tomorrow",
        hint: "Pin a version.",
        place: at(19),
      },
    ],
  };
}
