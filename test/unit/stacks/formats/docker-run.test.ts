// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a shell look like this.
import { join } from "node:path";
import { expect, test } from "vitest";
import { optionNames } from "../../../../src/main/stacks/formats/docker-run/options.ts";
import { openStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { notApplied, openAs, remarks, serviceOf, stackOf } from "./opened.ts";

test("a broker with limits, a policy and a volume, over several lines", async () => {
  const opened = await openAs(
    "broker.sh",
    "docker run \\\n  --memory=256m \\\n  --cpus=1 \\\n  --restart=always \\\n  -v mosq_data:/mosquitto/data \\\n  eclipse-mosquitto:2.0\n",
  );
  expect(opened).toMatchObject({ format: "docker-run", findings: [] });
  expect(stackOf(opened).volumes).toMatchObject([{ name: "mosq_data", external: false, externalName: null }]);
  expect(serviceOf(opened)).toMatchObject({
    name: "eclipse-mosquitto",
    image: "eclipse-mosquitto:2.0",
    restart: { policy: "always" },
    limits: { memoryBytes: 256 * 1024 ** 2, cpuCores: 1 },
    mounts: [{ kind: "volume", source: "mosq_data", target: "/mosquitto/data" }],
  });
});

test("every option that there is says what it does, and where it stands when it does nothing", async () => {
  const folder = await folderWith({
    "all.env": "# a comment\nFROM_FILE='as it is'\nOVER=file\n\nTAKEN\n",
    "run.sh": [
      "docker run -dit --init --read-only --rm --name web -h box -u 1000:1000 -w /srv --env-file all.env \\",
      "  -e OVER=line -e 'SPACED=a b' --label a.b=c -l d -p 8080:80 -p127.0.0.1:53:53/udp --expose 9 \\",
      "  -m64m --memory-reservation 32m --pids-limit 50 --cpu-quota 50000 --stop-signal SIGINT --stop-timeout 5 \\",
      "  --mount type=bind,src=/etc,dst=/conf,readonly --mount type=tmpfs,target=/t,tmpfs-size=1m --tmpfs /run:size=2m \\",
      "  -v ./here:/there:ro,z -v /anonymous --health-cmd 'wget -q localhost' --health-interval 5s --health-retries 3 \\",
      "  --network front --network-alias www --entrypoint /bin/sh --ulimit nofile=1024:2048 --privileged \\",
      "  --device /dev/ttyUSB0 --cap-add NET_ADMIN --restart on-failure:3 \\",
      "  nginx:1.27 -c 'echo \"hi\"' --not-an-option",
    ].join("\n"),
  });
  const opened = await openStack(join(folder, "run.sh"), { TAKEN: "outside" });
  expect(remarks(opened)).toEqual([]);
  expect(notApplied(opened)).toEqual([]);
  expect(serviceOf(opened).options).toMatchObject({
    addedCapabilities: ["NET_ADMIN"],
    devices: [{ source: "/dev/ttyUSB0", target: "/dev/ttyUSB0", permissions: "rwm" }],
    exposedPorts: ["9"],
    privileged: true,
    inputOpen: true,
    terminal: true,
    ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
  });
  expect(serviceOf(opened)).toMatchObject({
    name: "web",
    hostName: "box",
    user: "1000:1000",
    workingFolder: "/srv",
    init: true,
    readOnly: true,
    entrypoint: ["/bin/sh"],
    command: ["-c", 'echo "hi"', "--not-an-option"],
    environment: { FROM_FILE: "'as it is'", OVER: "line", TAKEN: "outside", SPACED: "a b" },
    labels: { "a.b": "c", d: "" },
    ports: [
      { containerPort: 80, hostPort: 8080, hostAddress: null, protocol: "tcp" },
      { containerPort: 53, hostPort: 53, hostAddress: "127.0.0.1", protocol: "udp" },
    ],
    limits: { memoryBytes: 64 * 1024 ** 2, memoryReservationBytes: 32 * 1024 ** 2, cpuCores: 0.5, pids: 50 },
    stopSignal: "SIGINT",
    stopGraceMs: 5_000,
    restart: { policy: "on-failure", maximumRetries: 3 },
    networks: [{ name: "front", aliases: ["www"] }],
    healthcheck: { test: ["CMD-SHELL", "wget -q localhost"], intervalMs: 5_000, retries: 3 },
    mounts: [
      { kind: "bind", source: "/etc", target: "/conf", readOnly: true },
      { kind: "tmpfs", target: "/t", tmpfsBytes: 1024 ** 2 },
      { kind: "bind", source: join(folder, "here"), target: "/there", readOnly: true },
      { kind: "volume", source: null, target: "/anonymous" },
      { kind: "tmpfs", target: "/run", tmpfsBytes: 2 * 1024 ** 2 },
    ],
  });
});

test("no option of docker run is missing (docker run --help of 27.5)", () => {
  const help =
    `add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile cpu-period cpu-quota
    cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach detach-keys device device-cgroup-rule device-read-bps
    device-read-iops device-write-bps device-write-iops disable-content-trust dns dns-option dns-search domainname entrypoint env env-file
    expose gpus group-add health-cmd health-interval health-retries health-start-interval health-start-period health-timeout hostname init
    interactive ip ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory memory-reservation
    memory-swap memory-swappiness mount name network network-alias no-healthcheck oom-kill-disable oom-score-adj pid pids-limit platform
    privileged publish publish-all pull quiet read-only restart rm runtime security-opt shm-size sig-proxy stop-signal stop-timeout storage-opt
    sysctl tmpfs tty ulimit user userns uts volume volume-driver volumes-from workdir`.split(/\s+/);
  expect(help.filter((name) => !optionNames.includes(name))).toEqual([]);
});

test.each([
  ["docker run --memry 5m nginx", "docker-run.unknown-option", "1:12"],
  ["docker run -dZ nginx", "docker-run.unknown-option", "1:12"],
  ["docker run -d", "docker-run.no-image", "1:8"],
  ["docker run nginx\ndocker run --name", "docker-run.no-value", "2:12"],
  ["docker run -m lots nginx", "docker-run.bad-size", "1:15"],
  ["docker run -v a:b:c:d nginx", "docker-run.bad-value", "1:15"],
  ["docker run -v data:relative nginx", "docker-run.bad-value", "1:15"],
  ["docker run --mount type=bind,colour=red,target=/x,src=/y nginx", "docker-run.bad-value", "1:20"],
  ["docker run --name a nginx\ndocker run --name a redis", "docker-run.taken-twice", "2:19"],
  ["docker run --env-file nowhere.env nginx", "docker-run.env-file", "1:23"],
  ["docker run --init=maybe nginx", "docker-run.bad-value", "1:12"],
  ["docker run 'nginx", "docker-run.shell", "1:12"],
  ["docker run \\ \n  nginx", "docker-run.shell", "1:12"],
  ["docker run --cpus 1 --cpu-quota 5000 nginx", "docker-run.bad-value", "1:33"],
])("%j is refused where it is wrong", async (text, rule, place) => {
  const opened = await openAs("run.sh", text, { from: "docker-run" });
  expect(opened.stack).toBeNull();
  expect(remarks(opened).filter((line) => line.startsWith("error"))).toEqual([`error ${rule} ${place}`]);
});

test("a port that is none is refused as in a compose file, at its place", async () => {
  const opened = await openAs("run.sh", "docker run -p eighty nginx");
  expect(remarks(opened)).toEqual(["error compose.bad-value 1:15"]);
});

test("variables of the script are filled in, others stay visible and are told", async () => {
  const opened = await openAs(
    "run.sh",
    'TAG=2.0.18; export WHO="a b"\ndocker run -e "WHO=${WHO}" -e P=${PORT:-1883} -e \'K=$TAG\' -v "$(pwd)/c":/c mq:$TAG sh -c "echo $X `date`"\n',
    { environment: { X: "not used", HOME: "/home/u" } },
  );
  expect(serviceOf(opened)).toMatchObject({
    image: "mq:2.0.18",
    environment: { WHO: "a b", P: "1883", K: "$TAG" },
    command: ["sh", "-c", "echo $X `date`"],
  });
  const folder = opened.file.replace(/\/run\.sh$/, "");
  expect(serviceOf(opened).mounts).toMatchObject([{ source: `${folder}/c`, target: "/c" }]);
  expect(remarks(opened)).toEqual([
    "info docker-run.folder 2:62",
    "warning docker-run.variable 2:90",
    "warning docker-run.variable 2:90",
  ]);
});

test("a script of several commands: networks, namespaces, comments, here-documents, other programs", async () => {
  const opened = await openAs(
    "gateway.sh",
    [
      "#!/bin/sh",
      "set -eu  # stop at the first fault",
      "docker network create --driver bridge --internal back",
      "docker volume create state >/dev/null 2>&1 || true",
      "cat > conf <<'EOF'",
      "docker run inside-a-document",
      "EOF",
      'if [ -n "$1" ]; then docker rm -f broker; fi',
      "sudo docker run -d --name broker --net=back -v state:/s mq:1 && docker run -d --network container:broker side:1",
      "/usr/bin/docker --context default container run -d --network host mq:1",
      "modprobe can",
    ].join("\n"),
  );
  const stack = stackOf(opened);
  expect(stack.services.map(({ name }) => name)).toEqual(["broker", "side", "mq"]);
  expect(stack.networks).toMatchObject([{ name: "back", internal: true, external: false }]);
  expect(stack.volumes.map(({ name }) => name)).toEqual(["state"]);
  expect(serviceOf(opened, "side").dependsOn).toEqual([
    { service: "broker", condition: "service_started", restart: true },
  ]);
  expect(serviceOf(opened, "side").options.networkMode).toBe("service:broker");
  expect(serviceOf(opened, "mq").options.networkMode).toBe("host");
  expect(notApplied(opened)).toEqual([]);
  expect(remarks(opened)).toEqual([
    "info docker-run.not-run 5:1",
    "warning docker-run.control-flow 8:1",
    "info docker-run.not-run 11:1",
  ]);
});

test("a prompt, Windows line ends and a line without a file name are taken, too", async () => {
  const opened = await openAs("notes", "$ docker run -d \\\r\n    --name a nginx:1\r\n");
  expect(opened.format).toBe("docker-run");
  expect(serviceOf(opened)).toMatchObject({ name: "a", image: "nginx:1", command: null });
});

test("a variable that has no value anywhere is told and not set", async () => {
  const opened = await openAs("run.sh", "docker run -e TOKEN nginx:1");
  expect(remarks(opened)).toEqual(["warning docker-run.variable 1:12"]);
  expect(serviceOf(opened).environment).toEqual({});
});

test("a file without a command is refused when it is said to be one", async () => {
  expect(remarks(await openAs("run.sh", "echo hi", { from: "docker-run" }))).toEqual([
    "error docker-run.no-services 1:1",
  ]);
});
