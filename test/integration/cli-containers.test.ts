/** What the built command line does to containers, on each kind of engine with the Docker API, seen by the docker client. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { containerSchema, createdContainerSchema, failureSchema } from "../../src/shared/domain/index.ts";
import { bringUpLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { bayplan, type CommandResult } from "./bayplan-command.ts";
import { busyboxImage } from "./engines-fixture.ts";

let home: string;
let lab: Lab;

const changed = z.object({ device: z.string(), container: containerSchema });
const refused = z.object({ error: failureSchema });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-cli-containers-"));
  const kinds = [{ kind: "plain" as const }, { kind: "balena" as const }, { kind: "podman" as const }];
  lab = await bringUpLab({ devices: kinds.length, kinds });
  for (const device of lab.devices) {
    const trusted = await run(["devices", "trust", device.name, "--fingerprint", device.hostKeyFingerprint]);
    expect([device.kind, trusted.code, trusted.stderr]).toEqual([device.kind, 0, expect.anything()]);
  }
});

afterAll(async () => {
  await lab?.down();
  await rm(home, { recursive: true, force: true });
});

function run(args: string[]): Promise<CommandResult> {
  return bayplan(args, { home, env: { BAYPLAN_SSH_KEY: lab.clientKeyPath } });
}

async function change(...args: string[]): Promise<z.infer<typeof containerSchema>> {
  const result = await run(["--json", ...args]);
  expect([args.join(" "), result.code, result.stdout]).toEqual([args.join(" "), 0, expect.anything()]);
  return changed.parse(JSON.parse(result.stdout)).container;
}

async function refusal(...args: string[]): Promise<z.infer<typeof failureSchema>> {
  const result = await run(["--json", ...args]);
  expect([args.join(" "), result.code]).toEqual([args.join(" "), 2]);
  return refused.parse(JSON.parse(result.stdout)).error;
}

describe.each([0, 1, 2])("device %i of the lab", (index) => {
  let device: LabDevice;
  const inspect = async (name: string, format: string): Promise<string> =>
    (await device.docker(["inspect", "--format", format, name])).trim();

  beforeAll(async () => {
    const found = lab.devices[index];
    if (found === undefined) throw new Error(`The lab has no device ${index}.`);
    device = found;
    const script = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    await device.docker(["run", "-d", "--name", "worker", busyboxImage, "sh", "-c", script]);
  });

  test("pause, unpause, restart, stop and start do what they say, and answer with what the engine then tells", async () => {
    expect((await change("pause", device.name, "worker", "--yes")).state).toBe("paused");
    expect(await inspect("worker", "{{.State.Status}}")).toBe("paused");
    expect((await change("unpause", device.name, "worker")).state).toBe("running");
    const before = await inspect("worker", "{{.State.StartedAt}}");
    expect((await change("restart", device.name, "worker", "--yes", "--grace", "1s")).state).toBe("running");
    expect(await inspect("worker", "{{.State.StartedAt}}")).not.toBe(before);
    expect((await change("stop", device.name, "worker", "--yes")).exitCode).toBe(0);
    expect((await change("start", device.name, "worker")).state).toBe("running");
  });

  test("what takes something away is not done unasked", async () => {
    for (const verb of ["pause", "restart", "stop", "remove"]) {
      const { code, message, hint } = await refusal(verb, device.name, "worker");
      expect([code, message.includes(`worker on ${device.name}?`), hint?.includes("--yes")]).toEqual([
        "bad-input",
        true,
        true,
      ]);
    }
    expect(await inspect("worker", "{{.State.Status}} {{.State.Paused}}")).toBe("running false");
  });

  test("rename gives the new name and keeps the id; a name that is taken is a conflict", async () => {
    const id = await inspect("worker", "{{.Id}}");
    const renamed = await change("rename", device.name, "worker", "worker-2");
    expect([renamed.id, renamed.name]).toEqual([id, "worker-2"]);
    await device.docker(["create", "--name", "other", busyboxImage]);
    expect((await refusal("rename", device.name, "other", "worker-2")).code).toBe("conflict");
    await change("rename", device.name, "worker-2", "worker");
    const text = await run(["remove", device.name, "other", "--yes"]);
    expect([text.code, text.stdout]).toEqual([0, `other is removed. (${device.name})\n`]);
  });

  test("update changes limits and policy while it runs; an engine that cannot is refused with its own sentence", async () => {
    const args = ["--memory", "48MiB", "--cpus", "0.5", "--restart", "on-failure:3"];
    expect((await refusal("update", device.name, "worker")).message).toContain("Nothing of the container");
    expect((await refusal("update", device.name, "worker", "--memory", "much")).message).toContain("64MiB");
    if (device.kind === "podman") {
      const devices = z.object({ devices: z.array(z.object({ name: z.string(), engine: z.unknown() })) });
      const listed = devices.parse(JSON.parse((await run(["--json", "devices"])).stdout));
      const engine = z
        .object({ capabilities: z.object({ unsupported: z.record(z.string(), z.string()) }) })
        .parse(listed.devices.find(({ name }) => name === device.name)?.engine);
      const said = await refusal("update", device.name, "worker", ...args);
      expect([said.code, said.message]).toEqual(["unsupported", engine.capabilities.unsupported.update]);
      return;
    }
    const updated = await change("update", device.name, "worker", ...args);
    expect([updated.memoryLimitBytes, updated.cpuLimitCores]).toEqual([48 * 1024 * 1024, 0.5]);
    const policy = "{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}";
    expect(await inspect("worker", `{{.HostConfig.Memory}} ${policy}`)).toBe("50331648 on-failure 3");
  });

  test("create makes a container of an image that is there, and starts it or not", async () => {
    const only = await run(["--json", "create", device.name, busyboxImage, "--name", "made", "--no-start"]);
    const { container, confirmedBy } = createdContainerSchema.parse(JSON.parse(only.stdout));
    expect([container.name, container.state, confirmedBy]).toEqual(["made", "created", "engine"]);
    expect(await inspect("made", "{{.Id}}")).toBe(container.id);
    const nothing = await refusal("create", device.name, "127.0.0.1:9/nothing:1");
    expect(nothing.code).toBe("not-found");
    const file = join(home, "kanto.json");
    await writeFile(file, JSON.stringify({ image: { name: "docker.io/library/redis:7" } }));
    expect((await refusal("create", device.name, file)).code).toBe("unsupported");
    const removed = await run(["--json", "remove", device.name, "made", "--yes"]);
    expect(JSON.parse(removed.stdout)).toMatchObject({ containerId: container.id, removed: true });
    expect((await refusal("pause", device.name, "made", "--yes")).code).toBe("not-found");
  });
});
