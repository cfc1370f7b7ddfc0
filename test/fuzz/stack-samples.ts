import type { StackFormat } from "../../src/shared/domain/index.ts";

/** One file of each format that can be read, under the name that it has. */
export const formatSamples: Readonly<Record<StackFormat, { name: string; text: string }>> = {
  compose: {
    name: "compose.yaml",
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of a compose file.
    text: `name: demo
x-common: &common {restart: always, mem_limit: 64m}
services:
  web:
    <<: *common
    image: nginx:\${TAG:-1.25}
    ports: ["8080:80"]
    environment: {NAME: "\${B:-x}", LEVEL: info}
    volumes: ["data:/data:ro"]
    labels: {maker: us}
    sysctls: {net.core.somaxconn: 1024}
    logging: {driver: json-file, options: {max-size: 10m}}
    depends_on: {base: {condition: service_started}}
    networks: {back: {aliases: [front]}}
    deploy: {resources: {limits: {cpus: "0.5"}}}
  base: {image: busybox, extra_hosts: {other: 1.1.1.1}}
volumes: {data: {driver_opts: {type: none}}}
networks: {back: {driver_opts: {mtu: "1400"}}}
`,
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: end.
  },
  balena: {
    name: "docker-compose.yml",
    text: `version: "2.1"
services:
  main:
    image: busybox
    privileged: true
    labels: {io.balena.features.dbus: "1", maker: us}
    environment: {LEVEL: info}
    volumes: ["resin-data:/data"]
volumes: {resin-data: {}}
`,
  },
  particle: {
    name: "docker-compose.yaml",
    text: `services:
  camera:
    image: busybox
    environment: {LEVEL: info}
    devices: ["/dev/video0:/dev/video0"]
    restart: always
`,
  },
  telemetryos: {
    name: "telemetry.config.json",
    text: `{"name": "app", "version": "1.0.0", "containers": [{"name": "api", "image": "site/api:1", "port": 8080, "extra": {"a": 1}}], "mountPoints": {"render": "/"}}
`,
  },
  kanto: {
    name: "container.json",
    text: `{"container_id": "a", "container_name": "web", "image": {"name": "docker.io/library/nginx:1"},
 "config": {"env": ["LEVEL=info"], "cmd": ["run"]},
 "host_config": {"devices": [], "port_mappings": [{"container_port": 80, "host_port": 8080, "proto": "tcp"}],
  "resources": {"memory": "64m"}, "restart_policy": {"type": "always"}, "extra_hosts": ["other:1.1.1.1"]},
 "mount_points": [{"source": "/srv", "destination": "/data", "propagation_mode": "rprivate"}]}
`,
  },
  "docker-run": {
    name: "run.sh",
    text: `#!/bin/sh
NAME=web
docker network create back
docker run -d --name "$NAME" --net back -p 8080:80 -e LEVEL=info --label maker=us --sysctl net.core.somaxconn=1024 \\
  -v data:/data --log-opt max-size=10m --memory 64m nginx:1.25 run --fast
`,
  },
};

/** What the format itself is written with, so that random texts get further than its first sign. */
export const formatWords: Readonly<Record<StackFormat, readonly string[]>> = {
  compose: [
    "services:\n",
    "  web:\n",
    "    image: a\n",
    "- ",
    "&x ",
    "*x",
    "<<: *x\n",
    "{",
    "}",
    "[",
    "]",
    "!reset ",
    "\t",
  ],
  balena: [
    "services:\n",
    "  web:\n",
    "    labels:\n",
    "io.balena.features.",
    "kernel-modules",
    ': "1"\n',
    "{",
    "}",
    "- ",
  ],
  particle: ["containers: .\n", "services:\n", "  web:\n", "    build: .\n", "    image: a\n", "{", "}", "- "],
  telemetryos: ["{", "}", "[", "]", ",", ":", '"containers"', '"name"', '"image"', '"port"', "80", "null", '"a"'],
  kanto: [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"image"',
    '"host_config"',
    '"config"',
    '"imageRef"',
    '"a"',
    "1",
    "null",
    '"ports"',
  ],
  "docker-run": [
    "docker run ",
    "-d ",
    "-v ",
    "-e ",
    "A=b ",
    "$A ",
    "$(",
    "`",
    "'",
    '"',
    "\\\n",
    "<<E\n",
    "E\n",
    "&&",
    "nginx ",
  ],
};
