import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadOfStack, openStack, requireStack } from "../../../../src/main/stacks/index.ts";
import { AppError, type AskedLoad, loadName } from "../../../../src/shared/domain/index.ts";

async function load(text: string, environment: Record<string, string> = {}, asked?: AskedLoad[]) {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-load-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "compose.yaml"), "services:\n  web: {image: w}\n  broker: {image: b}\n");
  await writeFile(join(folder, "bayplan.yaml"), text);
  const stack = requireStack(await openStack(join(folder, "compose.yaml")));
  return loadOfStack(folder, stack, environment, asked);
}

test("each kind is read with what it is when little is said", async () => {
  const loads = await load(
    "load:\n" +
      "  - http: {service: web, port: 8080, rate: 50}\n" +
      "  - mqtt: {service: broker, topic: sensors/1, bytes: 200B, rate: 12.5, qos: 1}\n" +
      "  - command: {service: broker, command: mosquitto_pub -t a -m 'b c'}\n" +
      "  - script: {run: ./load.sh --fast}\n" +
      '  - script: {run: "a | b", shell: true}\n',
  );
  expect(loads).toEqual([
    {
      kind: "http",
      service: "web",
      port: 8080,
      path: "/",
      method: "GET",
      headers: {},
      body: null,
      rate: 50,
      connections: 10,
    },
    {
      kind: "mqtt",
      service: "broker",
      port: 1883,
      topic: "sensors/1",
      payload: null,
      bytes: 200,
      rate: 12.5,
      qos: 1,
      clients: 1,
      username: null,
      password: null,
    },
    { kind: "command", service: "broker", command: ["mosquitto_pub", "-t", "a", "-m", "b c"] },
    { kind: "script", run: ["./load.sh", "--fast"] },
    { kind: "script", run: ["/bin/sh", "-c", "a | b"] },
  ]);
});

test("secrets come from variables, and the name of a load holds none of them", async () => {
  // Variables of the file, not of this text.
  const variable = (name: string) => `\${${name}}`;
  const text =
    "load:\n  - http: {service: web, port: 80, path: '/items?key=abc', rate: 1, body: 'cost: $$5', " +
    `headers: {Authorization: 'Bearer ${variable("TOKEN")}'}}\n` +
    `  - mqtt: {service: broker, topic: t, rate: 1, username: u, password: '${variable("MQTT_PASSWORD")}'}\n`;
  const loads = await load(text, { TOKEN: "s3cret", MQTT_PASSWORD: "pw" });
  expect(loads).toMatchObject([{ headers: { Authorization: "Bearer s3cret" }, body: "cost: $5" }, { password: "pw" }]);
  expect(loads.map(loadName)).toEqual(["GET http://web:80/items?…", "MQTT to t of broker:1883"]);
  await expect(load(text, { MQTT_PASSWORD: "pw" })).rejects.toThrow(
    /bayplan\.yaml:2:\d+: The variable TOKEN is not set/,
  );
});

test("what was asked for takes the place of the file", async () => {
  const asked: AskedLoad[] = [{ kind: "script", run: ["true"] }];
  expect(await load("load:\n  - http: {service: web, port: 80, rate: 1}\n", {}, asked)).toEqual(asked);
  expect(await load("load:\n  - http: {service: web, port: 80, rate: 1}\n", {}, [])).toEqual([]);
});

test.each([
  [
    "load:\n  - http: {service: wbe, port: 80, rate: 1}",
    2,
    "The stack has no service `wbe` to load.",
    "Did you mean `web`?",
  ],
  [
    "load:\n  - http: {service: web, port: 80, rate: 1, rat: 1}",
    2,
    "This key is not known here.",
    "Did you mean `rate`?",
  ],
  ["load:\n  - http: {service: web, port: 80}", 2, "A rate is a number a second", "docs/stacks.md"],
  ["load:\n  - http: {service: web, port: 80, path: items, rate: 1}", 2, "A path begins with /.", ""],
  ["load:\n  - mqtt: {service: broker, topic: 'a/#', rate: 1}", 2, "+ and # are for those who listen", ""],
  ["load:\n  - mqtt: {service: broker, topic: a, rate: 1, qos: 3}", 2, "QoS is 0, 1 or 2.", ""],
  ["load:\n  - htp: {}", 2, "This key is not known here.", "Did you mean `http`?"],
  ["load:\n  - {}", 2, "One of http, mqtt, command and script is wanted.", ""],
  ["load: {}", 1, "A list is wanted.", ""],
  ['load:\n  - script: {run: "it\'s"}', 2, "The command ends inside a quote.", ""],
])("%s is refused with its place", async (text, line, words, hint) => {
  const failure: unknown = await load(`${text}\n`).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect(failure).toMatchObject({ code: "bad-input", message: expect.stringContaining(words) });
  expect(failure).toMatchObject({ message: expect.stringMatching(new RegExp(`bayplan\\.yaml:${line}:\\d+: `)) });
  expect(failure).toMatchObject({ hint: expect.stringContaining(hint) });
});
