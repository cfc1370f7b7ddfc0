/** The containers that a device of the lab runs: a small gateway stack, labelled the way Compose labels it. */
import { createHash } from "node:crypto";
import type { LabDevice } from "./device.ts";
import { BUSYBOX_IMAGE, GATEWAY_IMAGE } from "./images.ts";
import { OWNER_LABEL } from "./names.ts";

export const STACK_PROJECT = "line-gateway";
export const STACK_FOLDER = "/opt/line-gateway";

const RULES = `
import paho.mqtt.client as mqtt, json, time
def seen(client, _, message):
    value = float(message.payload)
    if value > 80: client.publish("line/alarm", json.dumps({"at": time.time(), "value": value}))
client = mqtt.Client()
client.on_message = seen
while True:
    try:
        client.connect("broker"); break
    except OSError: time.sleep(0.5)
client.subscribe("line/pressure")
print("rules: subscribed", flush=True)
client.loop_forever()
`;

const HISTORIAN = `
import random, sqlite3, time, paho.mqtt.client as mqtt
db = sqlite3.connect("/data/history.db")
db.execute("create table if not exists sample (at real, value real)")
client = mqtt.Client()
while True:
    try:
        client.connect("broker"); break
    except OSError: time.sleep(0.5)
client.loop_start()
print("historian: writing", flush=True)
while True:
    value = random.gauss(60, 10)
    client.publish("line/pressure", f"{value:.2f}")
    db.execute("insert into sample values (?, ?)", (time.time(), value)); db.commit()
    time.sleep(1)
`;

interface StackService {
  name: string;
  image: string;
  memoryMib: number;
  command: readonly string[];
  restart: "always" | "no";
  options?: readonly string[];
}

export const STACK_SERVICES: readonly StackService[] = [
  {
    name: "broker",
    image: GATEWAY_IMAGE,
    memoryMib: 32,
    restart: "always",
    command: [
      "sh",
      "-c",
      "printf 'listener 1883\\nallow_anonymous true\\n' >/tmp/m.conf; exec mosquitto -c /tmp/m.conf",
    ],
    options: [
      "--health-cmd=mosquitto_pub -h 127.0.0.1 -t health -m 1",
      "--health-interval=10s",
      "--health-timeout=3s",
      "--health-retries=3",
      "--publish=1883:1883",
    ],
  },
  {
    name: "rules",
    image: GATEWAY_IMAGE,
    memoryMib: 64,
    restart: "always",
    command: ["python3", "-u", "-c", RULES],
  },
  {
    name: "historian",
    image: GATEWAY_IMAGE,
    memoryMib: 96,
    restart: "always",
    command: ["python3", "-u", "-c", HISTORIAN],
    options: [`--volume=${STACK_PROJECT}_history:/data`],
  },
  {
    // One numbered line every 200 ms, for whoever follows logs and must not lose or repeat one.
    name: "ticker",
    image: BUSYBOX_IMAGE,
    memoryMib: 16,
    restart: "always",
    command: ["sh", "-c", 'i=0; while :; do i=$((i+1)); echo "tick $i"; usleep 200000; done'],
  },
  {
    name: "migrate",
    image: BUSYBOX_IMAGE,
    memoryMib: 16,
    restart: "no",
    command: ["sh", "-c", "echo 'schema is up to date'; exit 0"],
  },
];

/** The file the stack could have come from; it lies on the device where its labels say. */
export function stackComposeFile(): string {
  const services = STACK_SERVICES.map((service) =>
    [
      `  ${service.name}:`,
      `    image: ${service.image}`,
      `    command: ${JSON.stringify(service.command).replaceAll("$", "$$$$")}`,
      `    mem_limit: ${service.memoryMib}m`,
      `    restart: ${JSON.stringify(service.restart)}`,
    ].join("\n"),
  );
  return `name: ${STACK_PROJECT}\nservices:\n${services.join("\n")}\n`;
}

/** Starts the stack on one device; resolves when all its containers have been started. */
export async function startStack(device: LabDevice): Promise<void> {
  const common = [`com.docker.compose.project=${STACK_PROJECT}`, "com.docker.compose.version=2.24.5"];
  common.push(`${OWNER_LABEL}=stack`);
  const labelled = (labels: readonly string[]) => labels.map((label) => `--label=${label}`);
  const network = `${STACK_PROJECT}_default`;
  const compose = JSON.stringify(stackComposeFile());
  await Promise.all([
    device.docker(["network", "create", ...labelled([...common, "com.docker.compose.network=default"]), network]),
    device.docker([
      "volume",
      "create",
      ...labelled([...common, "com.docker.compose.volume=history"]),
      `${STACK_PROJECT}_history`,
    ]),
    device.exec(["sh", "-c", `mkdir -p ${STACK_FOLDER} && cat >${STACK_FOLDER}/compose.yaml`], {
      input: stackComposeFile(),
    }),
  ]);
  await Promise.all(
    STACK_SERVICES.map((service) => {
      const labels = [
        ...common,
        `com.docker.compose.service=${service.name}`,
        "com.docker.compose.container-number=1",
        "com.docker.compose.oneoff=False",
        `com.docker.compose.project.working_dir=${STACK_FOLDER}`,
        `com.docker.compose.project.config_files=${STACK_FOLDER}/compose.yaml`,
        `com.docker.compose.config-hash=${createHash("sha256").update(`${service.name}${compose}`).digest("hex")}`,
      ];
      const options = [
        `--name=${STACK_PROJECT}-${service.name}-1`,
        `--network=${network}`,
        `--network-alias=${service.name}`,
        `--memory=${service.memoryMib}m`,
        `--restart=${service.restart}`,
        // Podman needs a program for it that Debian does not bring along.
        ...(service.name === "migrate" || device.kind === "podman" ? [] : ["--init"]),
      ];
      return device.docker([
        "run",
        "-d",
        ...options,
        ...(service.options ?? []),
        ...labelled(labels),
        service.image,
        ...service.command,
      ]);
    }),
  );
}
