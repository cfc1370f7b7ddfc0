/** What a stack binds of its folder, on a device of the lab. */
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { removeStackOn, startStackOn } from "../../src/main/api/stack-handlers.ts";
import { DeviceFolder } from "../../src/main/stacks/device-files/device-folder.ts";
import { readProjectFiles, sortBinds } from "../../src/main/stacks/device-files/project-binds.ts";
import { planSend } from "../../src/main/stacks/device-files/sent-files.ts";
import { openStack, requireStack } from "../../src/main/stacks/index.ts";
import type { UpUpdate } from "../../src/shared/contract/index.ts";
import { type Device, stackSelection } from "../../src/shared/domain/index.ts";
import { BUSYBOX_IMAGE } from "../lab/images.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { waitFor } from "../lab/run.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";

let lab: Lab;
let isOurs = false;
let target: LabDevice;
let world: World;
let device: Device;
let project: string;
const name = `bayplan-files-${process.pid}`;
const wishes = { acceptLosses: false, desktop: false, removeOrphans: false, platform: null };
const share = "/root/.local/share";
const place = `${share}/bayplan/stacks/${name}`;

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 2, kinds: ["plain", "sudo"], reuse: true });
  target = lab.ofKind("plain");
  world = await openWorld({ clientKeyPath: lab.clientKeyPath });
  device = await trustLabDevice(world, target);
});

afterAll(async () => {
  await world.close();
  if (isOurs) await lab.down();
});

beforeEach(async () => {
  // The lab's devices have this machine's files but for what is mounted over them.
  await target.sh(`mkdir -p ${share} && mount -t tmpfs -o size=64m tmpfs ${share}`);
  project = await mkdtemp(join(tmpdir(), "bayplan-project-"));
});

afterEach(async () => {
  await target.sh(
    `docker rm -f $(docker ps -aq --filter name=${name}) 2>/dev/null; docker network prune -f >/dev/null; umount -l ${share}`,
  );
  await rm(project, { recursive: true, force: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(project, path, ".."), { recursive: true });
    await writeFile(join(project, path), text);
  }
}

async function compose(web: string): Promise<string> {
  const file = join(project, "compose.yaml");
  await writeFile(
    file,
    `name: ${name}\nservices:\n  web: {image: "${BUSYBOX_IMAGE}", init: true, stop_grace_period: 1s, ${web}}\n`,
  );
  return file;
}

async function up(
  file: string,
  signal = new AbortController().signal,
  onText: (text: string) => void = () => undefined,
) {
  const said: string[] = [];
  let last: UpUpdate | null = null;
  const request = { ...stackSelection(file, {}), on: device.id, ...wishes };
  for await (const update of startStackOn(request, world.fleet, signal)) {
    last = update;
    if (update.kind !== "progress") continue;
    said.push(update.text);
    onText(update.text);
  }
  if (last?.kind !== "up") throw new Error("it is not up");
  return { said, findings: last.findings, id: last.services[0]?.containers[0] ?? "" };
}

const down = (file: string, volumes = false) =>
  removeStackOn({ ...stackSelection(file, {}), on: device.id, volumes }, world.fleet);

const inside = (command: string) => target.sh(`docker exec ${name}-web-1 sh -c ${JSON.stringify(command)}`);
const onDevice = async (command: string) => (await target.sh(command)).trim();

test("files, folders, modes and links come to the device, and only what changes is sent again", async () => {
  await write({
    "web.conf": "one\n",
    "site/index.html": "hello\n",
    "site/deep er/it's a $HOME.txt": "odd\n",
    "site/run.sh": "#!/bin/sh\necho ran\n",
  });
  await chmod(join(project, "web.conf"), 0o640);
  await chmod(join(project, "site/run.sh"), 0o755);
  await symlink("deep er/it's a $HOME.txt", join(project, "site/link"));
  const file = await compose(
    `command: sleep 1000, volumes: ["./web.conf:/etc/web.conf:ro", "./site:/site", "./data:/data", "/run/bayplan-nowhere:/n", "/run/docker.sock:/s"]`,
  );
  const first = await up(file);
  expect(
    first.said.some((text) => /^Copying 5 files \(\d+ B\) to /.test(text)),
    first.said.join("\n"),
  ).toBe(true);
  expect(
    await inside("cat /etc/web.conf /site/link; /site/run.sh; stat -c %a /etc/web.conf; test -S /s && echo socket"),
  ).toBe("one\nodd\nran\n640\nsocket\n");
  expect(
    await onDevice(`docker inspect -f '{{range .Mounts}}{{.Source}} {{end}}' ${name}-web-1 | tr ' ' '\\n' | sort`),
  ).toBe(
    [
      `${place}/files/data`,
      `${place}/files/site`,
      `${place}/files/web.conf`,
      "/run/bayplan-nowhere",
      "/run/docker.sock",
    ]
      .sort()
      .join("\n"),
  );
  expect(first.findings.map(({ rule, message }) => [rule, message])).toEqual([
    [
      "stack.missing-bind",
      "/run/bayplan-nowhere is neither in the stack's folder nor on the device: the engine puts an empty folder at /n.",
    ],
  ]);
  expect(await onDevice(`stat -c %a ${place}; ls -A ${place}`)).toBe("700\nfiles\nsent.json");

  const second = await up(file);
  expect(second.said.filter((text) => text.startsWith("Copying"))).toEqual([]);
  expect(second.id).toBe(first.id);

  // A file of a folder is seen by the container that runs; a single file makes a new one.
  await write({ "site/index.html": "changed\n" });
  await rm(join(project, "site/run.sh"));
  const third = await up(file);
  expect(third.said.filter((text) => text.startsWith("Copying"))).toEqual([
    expect.stringMatching(/^Copying 1 file \(8 B\)/),
  ]);
  expect([third.id, await inside("cat /site/index.html; ls /site")]).toEqual([
    first.id,
    "changed\ndeep er\nindex.html\nlink\n",
  ]);
  await write({ "web.conf": "two\n" });
  const fourth = await up(file);
  expect(fourth.id).not.toBe(first.id);
  expect(await inside("cat /etc/web.conf")).toBe("two\n");

  expect(await down(file)).toMatchObject({ containers: 1, files: { kept: [] } });
  expect(await onDevice(`ls -A ${share}`)).toBe("");
});

test("what containers write is never lost to a sending, is named and kept by down, and goes with --volumes", async () => {
  await write({ "data/seed": "from here\n", "data/both": "1\n" });
  const file = await compose(`command: sleep 1000, volumes: ["./data:/data"]`);
  await up(file);
  await inside("echo changed >/data/seed; echo changed >/data/both; mkdir /data/db; echo rows >/data/db/rows");
  await write({ "data/both": "2\n", "data/new": "n\n" });
  const again = await up(file);
  expect(again.said.filter((text) => text.startsWith("data/"))).toEqual([
    "data/seed was changed on the device and is left as it is",
    "data/both was changed on the device, and is replaced since it changed here, too",
  ]);
  expect(await inside("cat /data/seed /data/both /data/new /data/db/rows")).toBe("changed\n2\nn\nrows\n");
  const kept = await down(file);
  expect(kept.files).toEqual({ folder: place, kept: expect.arrayContaining(["data/seed", "data/db/rows"]) });
  expect(kept.files?.kept).toHaveLength(2);
  expect(await onDevice(`cd ${place} && find . -type f | sort`)).toBe("./files/data/db/rows\n./files/data/seed");
  // They are there for the next one.
  await up(file);
  expect(await inside("cat /data/db/rows")).toBe("rows\n");
  expect((await down(file, true)).files).toEqual({ folder: place, kept: [] });
  expect(await onDevice(`ls -A ${share}`)).toBe("");
});

test("a start that fails puts the files back as they were, and leaves none where none were", async () => {
  await write({ "web.conf": "good\n", "site/a": "a\n" });
  const volumes = `volumes: ["./web.conf:/etc/web.conf", "./site:/site"]`;
  const check = `healthcheck: {test: ["CMD", "grep", "-q", "good", "/etc/web.conf"], interval: 300ms, retries: 1}`;
  const file = await compose(`command: sleep 1000, ${check}, ${volumes}`);
  await write({ "web.conf": "bad\n" });
  await expect(up(file)).rejects.toMatchObject({ code: "engine-failed" });
  expect(await onDevice(`ls -A ${share}`)).toBe("");

  await write({ "web.conf": "good\n" });
  const first = await up(file);
  await write({ "web.conf": "bad\n", "site/b": "b\n" });
  await rm(join(project, "site/a"));
  await expect(up(file)).rejects.toMatchObject({ code: "engine-failed" });
  expect(await onDevice(`docker inspect -f '{{.Id}} {{.State.Running}}' ${name}-web-1`)).toBe(`${first.id} true`);
  expect(await inside("cat /etc/web.conf; ls /site")).toBe("good\na\n");
  expect(await onDevice(`ls -A ${place}`)).toBe("files\nsent.json");
  await down(file);
  expect(await onDevice(`ls -A ${share}`)).toBe("");
});

test("a user without rights over what containers write needs sudo to remove it, and names it otherwise", async () => {
  const other = lab.ofKind("sudo");
  const { id } = await world.until(other.name, "asking for trust", (one) => one.hostKey.trust === "new");
  await world.fleet.trust(id, other.hostKeyFingerprint);
  await world.fleet.setUser(id, other.user);
  await world.until(other.name, "online", (one) => one.state === "online", 30_000);
  await write({ "data/seed": "s\n" });
  const file = await compose(
    `command: [sh, -c, "mkdir -p /data/db && echo rows >/data/db/rows && sleep 1000"], volumes: ["./data:/data"]`,
  );
  const request = { ...stackSelection(file, {}), on: id, ...wishes };
  for await (const _update of startStackOn(request, world.fleet, new AbortController().signal));
  const take = (volumes: boolean) => removeStackOn({ ...stackSelection(file, {}), on: id, volumes }, world.fleet);
  const kept = await take(false);
  expect(kept.files).toEqual({
    folder: `/home/${other.user}/.local/share/bayplan/stacks/${name}`,
    kept: ["data/db/rows"],
  });
  expect((await take(true)).files?.kept).toEqual([]);
  expect(await other.sh(`ls -A /home/${other.user}/.local/share`)).toBe("");
});

test("a link out of the project is refused, and nothing is sent", async () => {
  await write({ "site/a": "a\n" });
  await symlink("/etc/shadow", join(project, "site/passwords"));
  const file = await compose(`command: sleep 1000, volumes: ["./site:/site"]`);
  await expect(up(file)).rejects.toMatchObject({
    code: "bad-input",
    message: `The link ${join(project, "site/passwords")} leads out of the project, to /etc/shadow, and is not copied.`,
  });
  await rm(join(project, "site"), { recursive: true });
  await symlink("../..", join(project, "site"));
  await expect(up(file)).rejects.toMatchObject({ code: "bad-input" });
  expect(await onDevice(`ls -A ${share}`)).toBe("");
});

test("a container cannot lead a sending out of the project's folder with a link of its own", async () => {
  await write({ "site/sub/a": "a\n" });
  const file = await compose(`command: sleep 1000, volumes: ["./site:/site"]`);
  await up(file);
  await target.sh("mkdir -p /run/victim && echo mine >/run/victim/a");
  await inside("rm -r /site/sub && ln -s /run/victim /site/sub");
  await write({ "site/sub/a": "changed\n" });
  await expect(up(file)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("has become a link"),
  });
  expect(await onDevice("cat /run/victim/a")).toBe("mine");
  await down(file, true);
  expect(await onDevice("cat /run/victim/a")).toBe("mine");
});

test("a full disk is said with figures before anything is sent, and in the middle of it, and nothing is left", async () => {
  await target.sh(`mount -o remount,size=8m ${share}`);
  await write({ "site/big": "x".repeat(9 * 1024 * 1024) });
  const file = await compose(`command: sleep 1000, volumes: ["./site:/site"]`);
  await expect(up(file)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(
      /^The device's disk is full, at .*: 9(\.0)? MiB are to be copied, 8(\.0)? MiB are free\.$/,
    ),
  });
  // As if it had filled up after the look.
  const stack = requireStack(await openStack(file, {}));
  const { files } = await readProjectFiles(stack, sortBinds(stack).inside);
  const folder = new DeviceFolder(await world.fleet.connectionOf(device.id), name);
  await expect(folder.send(place, planSend(files, null, new Map()), () => undefined)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("The device's disk is full"),
  });
  expect(await onDevice(`find ${share} -mindepth 1 -type f`)).toBe("");
});

test("a folder that may not be written is said", async () => {
  await write({ "site/a": "a\n" });
  const stack = requireStack(await openStack(await compose(`command: sleep 1000, volumes: ["./site:/site"]`), {}));
  const { files } = await readProjectFiles(stack, sortBinds(stack).inside);
  const folder = new DeviceFolder(await world.fleet.connectionOf(device.id), name);
  await target.sh(`mount -o remount,ro ${share}`);
  await expect(folder.send(place, planSend(files, null, new Map()), () => undefined)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/^This user may not write the files of the stack into .*[Rr]ead-only file system/),
  });
});

test("a cable that is pulled in the middle is said, and nothing half is left", async () => {
  await target.sh(`mount -o remount,size=900m ${share}`);
  await write({ "site/big": "" });
  await writeFile(join(project, "site/big"), Buffer.alloc(700 * 1024 * 1024));
  const file = await compose(`command: sleep 1000, volumes: ["./site:/site"]`);
  let isPulled = false;
  try {
    const failing = up(file, undefined, (text) => {
      if (!text.startsWith("Cop") || isPulled) return;
      isPulled = true;
      void target.setLink("down");
    });
    await expect(failing).rejects.toMatchObject({ code: "unreachable" });
  } finally {
    await target.setLink("up");
  }
  await waitFor("the device to tidy up", 60_000, async () => {
    const left = await onDevice(`ls -A ${place} 2>/dev/null || true`);
    return left === "" ? true : undefined;
  });
  await world.until(target.name, "online again", (one) => one.state === "online", 60_000);
});

test("a sending that is cancelled leaves nothing", async () => {
  await target.sh(`mount -o remount,size=900m ${share}`);
  await mkdir(join(project, "site"));
  await writeFile(join(project, "site/big"), Buffer.alloc(300 * 1024 * 1024));
  const file = await compose(`command: sleep 1000, volumes: ["./site:/site"]`);
  const abort = new AbortController();
  const failing = up(file, abort.signal, (text) => text.startsWith("Cop") && abort.abort());
  await expect(failing).rejects.toMatchObject({ code: "cancelled" });
  await waitFor("the device to tidy up", 20_000, async () => {
    const left = await onDevice(`ls -A ${place} 2>/dev/null || true`);
    return left === "" ? true : undefined;
  });
});
