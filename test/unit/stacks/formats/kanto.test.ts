import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { notApplied, openAs, remarks, serviceOf, stackOf } from "./opened.ts";

/** The whole message with a template's empty entries and its commas before an end, tabs and all. */
const message = `{
	"topic": "edge/box:edge:containers/things/live/messages/createWithConfig",
	"headers": { "response-required": true, "content-type": "application/json", "correlation-id": "1" },
	"path": "/features/ContainerFactory/inbox/messages/createWithConfig",
	"value": {
		"imageRef": "docker.io/library/influxdb:1.8.4",
		"name": "metrics",
		"start": true,
		"config": {
			"domainName": "", "hostName": "", "env": [], "cmd": [],
			"privileged": false,
			"extraHosts": ["ctrhost:host_ip"],
			"extraCapabilities": [],
			"networkMode": "bridge", "openStdin": false, "tty": false,
			"mountPoints": [
				{ "source": "", "destination": "", "propagationMode": "rprivate" }
			],
			"decryption": { "keys": [], "recipients": [] },
			"devices": [
				{ "pathOnHost": "", "pathInContainer": "", "cgroupPermissions": "rwm" }
			],
			"restartPolicy": { "type": "unless-stopped", "maxRetryCount": 0, "retryTimeout": 0 },
			"portMappings": [
				{ "proto": "tcp", "containerPort": 80, "hostIP": "0.0.0.0", "hostPort": 5000, "hostPortEnd": 5005, }
			],
			"log": { "type": "json-file", "maxFiles": 2, "maxSize": "100M", "rootDir": "", "mode": "blocking", "maxBufferSize": "1M" },
			"resources": { "memory": "", "memoryReservation": "", "memorySwap": "" },
		}
	}
}
`;

test("the message of createWithConfig, as the documentation has it, is read and its template's gaps are told", async () => {
  const opened = await openAs("influx.json", message);
  expect(opened.format).toBe("kanto");
  expect(remarks(opened)).toEqual([
    "warning kanto.empty-entry 16:5",
    "warning kanto.empty-entry 20:5",
    "warning compose.port-range 24:5",
    "warning kanto.trailing-comma 24:102",
    "warning kanto.trailing-comma 27:76",
  ]);
  expect(notApplied(opened)).toEqual([]);
  expect(serviceOf(opened)).toMatchObject({
    name: "metrics",
    image: "docker.io/library/influxdb:1.8.4",
    place: { line: 7, column: 3 },
    restart: { policy: "unless-stopped", maximumRetries: null },
    ports: [{ containerPort: 80, hostPort: 5000, hostAddress: null, protocol: "tcp" }],
    mounts: [],
    environment: {},
    command: null,
    limits: { memoryBytes: null },
  });
});

test("the message of create is an image and nothing else", async () => {
  const opened = await openAs(
    "hello.json",
    '{"topic":"edge/box:edge:containers/things/live/messages/create","path":"/features/ContainerFactory/inbox/messages/create","value":{"imageRef":"docker.io/library/hello-world:latest","start":true}}',
  );
  expect(opened.findings).toEqual([]);
  expect(serviceOf(opened)).toMatchObject({
    name: "hello",
    image: "docker.io/library/hello-world:latest",
    restart: { policy: "unless-stopped" },
  });
});

const internal = {
  container_id: "b7c1",
  container_name: "broker",
  image: { name: "docker.io/library/eclipse-mosquitto:2.0.18" },
  host_name: "mq",
  domain_name: "broker-domain",
  mount_points: [{ source: "/data/mq", destination: "/mosquitto/data", propagation_mode: "rshared" }],
  config: { env: ["A=b=$c", "B=", "C"], cmd: ["mosquitto", "-c", "$HOME/x"] },
  io_config: { open_stdin: true, tty: true, attach_stdin: false },
  host_config: {
    devices: [{ path_on_host: "/dev/ttyACM0", path_in_container: "/dev/ttyS0", cgroup_permissions: "rw" }],
    network_mode: "bridge",
    privileged: false,
    restart_policy: { type: "on-failure", maximum_retry_count: 4, retry_timeout: 30_000_000_000 },
    runtime: "io.containerd.runc.v2",
    extra_hosts: ["gw:10.0.0.1"],
    extra_capabilities: ["CAP_NET_ADMIN"],
    port_mappings: [{ proto: "udp", container_port: 53, host_ip: "127.0.0.1", host_port: 5353, host_port_end: 5353 }],
    log_config: {
      driver_config: { type: "json-file", max_files: 3, max_size: "10M" },
      mode_config: { mode: "non-blocking" },
    },
    resources: { memory: "256m", memory_reservation: "64M", memory_swap: "-1" },
  },
  state: { pid: 1, status: 2 },
  created: "2024-06-28T00:00:00Z",
};

test("Kanto's own JSON, as kanto-cm get prints it: every field is applied or told", async () => {
  const opened = await openAs("broker.json", JSON.stringify(internal, null, 2));
  expect(serviceOf(opened)).toMatchObject({
    name: "broker",
    hostName: "mq",
    environment: { A: "b=$c", B: "" },
    command: ["mosquitto", "-c", "$HOME/x"],
    mounts: [{ kind: "bind", source: "/data/mq", target: "/mosquitto/data", readOnly: false }],
    ports: [{ containerPort: 53, hostPort: 5353, hostAddress: "127.0.0.1", protocol: "udp" }],
    restart: { policy: "on-failure", maximumRetries: 4 },
    limits: { memoryBytes: 256 * 1024 ** 2, memoryReservationBytes: 64 * 1024 ** 2 },
  });
  expect(serviceOf(opened).options).toMatchObject({
    addedCapabilities: ["CAP_NET_ADMIN"],
    devices: [{ source: "/dev/ttyACM0", target: "/dev/ttyS0", permissions: "rw" }],
    extraHosts: ["gw:10.0.0.1"],
    logging: { driver: "json-file" },
    memoryAndSwapBytes: -1,
    inputOpen: true,
    terminal: true,
  });
  expect(notApplied(opened).sort()).toEqual([]);
  expect(remarks(opened).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
    "warning kanto.empty-entry",
    "warning kanto.not-applied",
    "warning kanto.not-applied",
  ]);
});

test.each([
  ["plain bytes", { host_config: { resources: { memory: "268435456" } } }, "kanto.bad-size"],
  ["the suffix B", { host_config: { resources: { memory: "256MB" } } }, "kanto.bad-size"],
  ["less than 3 MiB", { host_config: { resources: { memory: "2m" } } }, "kanto.refused"],
  [
    "a reservation above the limit",
    { host_config: { resources: { memory: "8m", memory_reservation: "9m" } } },
    "kanto.refused",
  ],
  ["swap without memory", { host_config: { resources: { memory_swap: "9m" } } }, "kanto.refused"],
  [
    "privileged with a device",
    { host_config: { privileged: true, devices: [{ path_on_host: "/dev/x" }] } },
    "kanto.refused",
  ],
  [
    "ports on the host's network",
    { host_config: { network_mode: "host", port_mappings: [{ container_port: 1, host_port: 1 }] } },
    "kanto.refused",
  ],
  [
    "retries with another policy",
    { host_config: { restart_policy: { type: "always", maximum_retry_count: 2 } } },
    "kanto.refused",
  ],
  ["a policy that is none", { host_config: { restart_policy: { type: "sometimes" } } }, "kanto.bad-value"],
  ["a network that is none", { host_config: { network_mode: "mesh" } }, "kanto.bad-value"],
  ["sctp", { host_config: { port_mappings: [{ proto: "sctp", container_port: 1, host_port: 1 }] } }, "kanto.bad-value"],
  ["no port inside", { host_config: { port_mappings: [{ host_port: 1 }] } }, "kanto.bad-value"],
  ["a name that it takes none like", { container_name: "-x" }, "kanto.bad-name"],
  ["a variable that is none", { config: { env: ["1A=b"] } }, "kanto.bad-value"],
  ["a text where a list is meant", { config: { env: "A=b" } }, "kanto.wrong-type"],
  ["a relative path", { mount_points: [{ source: "data", destination: "/data" }] }, "kanto.bad-path"],
])("what Kanto refuses is an error: %s", async (_name, part, rule) => {
  const opened = await openAs("x.json", JSON.stringify({ image: { name: "docker.io/library/x:1" }, ...part }));
  expect(opened.stack).toBeNull();
  expect(opened.findings.filter(({ severity }) => severity === "error").map((finding) => finding.rule)).toEqual([rule]);
});

test.each([
  ["a short image name", { image: { name: "redis:7" } }, "kanto.short-image"],
  [
    "seconds where nanoseconds are meant",
    { host_config: { restart_policy: { type: "on-failure", retry_timeout: 30 } } },
    "kanto.nanoseconds",
  ],
  ["a key that is not known", { host_config: { cpus: 2 } }, "kanto.unknown-key"],
  ["hooks", { hooks: [{ path: "/bin/x" }] }, "kanto.not-applied"],
  [
    "keys of an image",
    { image: { name: "docker.io/library/x:1", decrypt_config: { keys: ["k"] } } },
    "kanto.not-applied",
  ],
  ["a name longer than kanto-cm takes", { container_name: "a".repeat(33) }, "kanto.long-name"],
])("what works otherwise than it looks is a warning: %s", async (_name, part, rule) => {
  const opened = await openAs("x.json", JSON.stringify({ image: { name: "docker.io/library/x:1" }, ...part }));
  expect(opened.stack).not.toBeNull();
  expect(opened.findings.map((finding) => finding.rule)).toEqual([rule]);
});

test("over MQTT enums may stand in upper case, and a propagation mode must", async () => {
  const value = (propagationMode: string) => ({
    imageRef: "docker.io/library/x:1",
    name: "x",
    start: false,
    config: {
      networkMode: "HOST",
      restartPolicy: { type: "ON_FAILURE", maxRetryCount: 2 },
      mountPoints: [{ source: "/a", destination: "/b", propagationMode }],
      log: { type: "JSON_FILE", mode: "BLOCKING" },
    },
  });
  const upper = await openAs("x.json", JSON.stringify(value("RSLAVE")));
  expect(remarks(upper)).toEqual(["warning kanto.not-applied 1:48"]);
  expect(notApplied(upper)).toEqual([]);
  expect(serviceOf(upper).restart).toEqual({ policy: "on-failure", maximumRetries: 2 });
  const lower = await openAs("x.json", JSON.stringify(value("rslave")));
  expect(lower.findings.map(({ rule }) => rule)).toContain("kanto.lower-case-propagation");
});

test("a folder of containers is one stack; one reaches the other by the name that it has for it", async () => {
  const folder = await folderWith({
    "a/broker.json": JSON.stringify({ ...internal, host_config: {}, io_config: {}, mount_points: [], config: {} }),
    "b.json": JSON.stringify({
      container_name: "reader",
      image: { name: "docker.io/library/reader:1" },
      host_config: { extra_hosts: ["queue:container_mq", "gone:container_nobody"] },
    }),
    "settings.json": '{"theme": "dark"}',
  });
  const opened = await openStack(folder, {});
  expect(opened).toMatchObject({ format: "kanto", file: folder });
  expect(stackOf(opened).services.map(({ name }) => name)).toEqual(["broker", "reader"]);
  expect(serviceOf(opened, "broker").networks).toMatchObject([{ name: "default", aliases: ["queue"] }]);
  expect(serviceOf(opened, "reader").place.file).toBe(join(folder, "b.json"));
  expect(opened.findings.map(({ rule }) => rule).sort()).toEqual([
    "kanto.bridge-names",
    "kanto.no-container",
    "kanto.unknown-container",
  ]);
});

test("two containers of one name in a folder are an error", async () => {
  const text = JSON.stringify({ container_name: "a", image: { name: "docker.io/library/x:1" } });
  const opened = await openStack(await folderWith({ "1.json": text, "2.json": text }), {});
  expect(opened.stack).toBeNull();
  expect(opened.findings.map(({ rule }) => rule)).toContain("kanto.taken-twice");
});

test("a configuration without its image, and JSON that is none, say where", async () => {
  const config = await openAs("c.json", '{"networkMode": "bridge", "restartPolicy": {"type": "no"}}');
  expect(remarks(config)).toEqual(["error kanto.no-image 1:1"]);
  const broken = await openAs("c.json", '{"container_name": "a",\n "image" {"name": "x"}}');
  expect(remarks(broken)).toEqual(["error json.syntax 2:10"]);
});
