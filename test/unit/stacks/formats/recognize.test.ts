import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { openAs, remarks } from "./opened.ts";

const compose = "services:\n  a:\n    image: a:1\n";

test.each([
  ["a compose file", "x.yaml", compose, "compose"],
  ["a compose file in JSON", "x.json", '{"services": {"a": {"image": "a:1"}}}', "compose"],
  ["balena's label", "x.yml", `${compose}    labels:\n      io.balena.features.dbus: '1'\n`, "balena"],
  ["balena's label in a list", "x.yml", `${compose}    labels: ["io.resin.features.dbus=1"]\n`, "balena"],
  ["balena's label in a comment", "x.yml", `# io.balena.features.dbus\n${compose}`, "compose"],
  ["balena's volume", "x.yml", `${compose}    volumes: [resin-data:/data]\nvolumes: {resin-data: {}}\n`, "balena"],
  ["a TelemetryOS configuration of another name", "app.json", '{"name": "a", "containers": []}', "telemetryos"],
  ["Kanto's own JSON", "x.json", '{"image": {"name": "docker.io/a:1"}}', "kanto"],
  ["a request to Kanto", "x.json", '{"imageRef": "docker.io/a:1"}', "kanto"],
  ["Kanto's JSON with a fault", "x.json", '{"container_name": "a" "image": {}}', "kanto"],
  ["one command", "cmd.txt", "docker run nginx", "docker-run"],
  ["another engine's command", "cmd.txt", "  sudo -E podman --remote run -d nginx", "docker-run"],
  ["a command in another file", "x.yaml", `${compose}    command: sh -c "docker run x"\n`, "compose"],
  ["a command in a block of another file", "x.yaml", `${compose}    command: |\n      docker run x\n`, "compose"],
  ["a command in a comment", "x.yaml", `# docker run x\nname: a\n`, "compose"],
  ["anything else", "x", "hello\n", "compose"],
])("%s is recognized", async (_name, file, text, format) => {
  expect((await openAs(file, text)).format).toBe(format);
});

test.each([
  ["a compose file", { "compose.yaml": compose, "notes.json": '{"image": {"name": "docker.io/a:1"}}' }, "compose"],
  ["a compose file beside balena's own", { "docker-compose.yml": compose, "balena.yml": "name: a\n" }, "balena"],
  ["a blueprint", { "blueprint.yaml": "containers: a\n", "a/docker-compose.yml": compose }, "particle"],
  [
    "a TelemetryOS configuration",
    { "telemetry.config.json": '{"containers": [{"name": "a", "image": "a:1"}]}', "package.json": "{}" },
    "telemetryos",
  ],
  ["Kanto's containers", { "a.json": '{"image": {"name": "docker.io/a:1"}}' }, "kanto"],
  ["a Dockerfile", { Dockerfile: "FROM a\n", "package.json": "{}" }, "balena"],
])("a folder with %s is recognized", async (_name, files, format) => {
  expect((await openStack(await folderWith(files), {})).format).toBe(format);
});

test("a folder with nothing known is none, however many files lie below", async () => {
  const folder = await folderWith({ "package.json": "{}", "below/a.json": '{"image": {"name": "docker.io/a:1"}}' });
  await expect(openStack(folder, {})).rejects.toMatchObject({ code: "not-found" });
  expect((await openStack(folder, {}, { from: "kanto" })).format).toBe("kanto");
});

test("--from decides, whatever stands there", async () => {
  const opened = await openAs("docker-compose.yml", compose, { from: "balena" });
  expect(opened.format).toBe("balena");
  expect(opened.stack?.services[0]?.restart.policy).toBe("always");
  expect(remarks(await openAs("x.json", compose, { from: "kanto" }))).toEqual(["error json.syntax 1:1"]);
  const script = await folderWith({ "run.sh": "docker run a:1" });
  await expect(openStack(script, {}, { from: "docker-run" })).rejects.toMatchObject({ code: "bad-input" });
  await expect(openStack(join(script, "no.sh"), {}, { from: "docker-run" })).rejects.toMatchObject({
    code: "not-found",
  });
});
