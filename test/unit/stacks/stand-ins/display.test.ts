import { expect, test } from "vitest";
import { type HostDisplay, standInDisplay } from "../../../../src/main/stacks/stand-ins/display.ts";
import { cookiesForAnyHost } from "../../../../src/main/stacks/stand-ins/serving/display-cookies.ts";
import { local, serviceIn, told } from "./here.ts";

const host: HostDisplay = {
  display: ":1",
  authority: "/home/me/.Xauthority",
  waylandSocket: "/run/user/1/wayland-0",
  hasGpuNodes: true,
};

async function given(services: string, desktop: boolean, machine = host) {
  const { stack } = await local(services, "");
  return stack.services.length === 0
    ? null
    : standInDisplay((await open(services)).services, { desktop, host: machine, authorityCopy: "/x/Xauthority" });
}

/** The services before anything stands in: without a session `prepareHere` would already have taken the display away. */
async function open(services: string) {
  const { openStack, requireStack } = await import("../../../../src/main/stacks/index.ts");
  const { folderWith } = await import("../compose/stack-folder.ts");
  const folder = await folderWith({ "compose.yaml": `name: t\nservices:\n${services}` });
  return requireStack(await openStack(folder, {}));
}

const ui =
  "  ui: {image: u:1, environment: {DISPLAY: ':0', XAUTHORITY: /auth}, volumes: ['/tmp/.X11-unix:/tmp/.X11-unix', '/a:/auth']}\n";

test("headless is what services get unless the display is asked for", async () => {
  const made = await local(`${ui}  web: {image: w:1}\n`, "");
  expect(serviceIn(made, "ui")).toMatchObject({ environment: {}, mounts: [] });
  expect(told(made.substitutions)).toEqual(["ui: the display is left out; --desktop gives it"]);
});

test("with --desktop it is this machine's: X11 with its cookies, Wayland, and the GPU's nodes", async () => {
  const step = await given(ui, true);
  const [service] = step?.services ?? [];
  expect(service?.environment).toEqual({
    DISPLAY: ":1",
    XAUTHORITY: "/run/bayplan-display/Xauthority",
    WAYLAND_DISPLAY: "/run/bayplan-display/wayland",
  });
  expect(
    service?.mounts.map(({ source, target, readOnly }) => `${source}:${target}:${readOnly ? "ro" : "rw"}`),
  ).toEqual([
    "/tmp/.X11-unix:/tmp/.X11-unix:rw",
    "/x/Xauthority:/run/bayplan-display/Xauthority:ro",
    "/run/user/1/wayland-0:/run/bayplan-display/wayland:rw",
  ]);
  expect(service?.options.devices).toEqual([{ source: "/dev/dri", target: "/dev/dri", permissions: "rwm" }]);
});

test.each([
  ["no wish", "{image: a:1}", false],
  ["DISPLAY as the shell has it, which is nothing here", "{image: a:1, environment: {DISPLAY: ''}}", true],
  ["a server of its own inside", "{image: a:1, environment: {DISPLAY: ':99'}}", false],
  ["a display on the network", "{image: a:1, environment: {DISPLAY: 'kiosk:0'}}", false],
  ["Wayland", "{image: a:1, environment: {WAYLAND_DISPLAY: wayland-1}}", true],
  ["the socket alone", "{image: a:1, volumes: ['/tmp/.X11-unix/X0:/tmp/.X11-unix/X0']}", true],
])("asks for a display: %s", async (_name, service, asks) => {
  expect((await given(`  a: ${service}\n`, false))?.asking).toEqual(asks ? ["a"] : []);
});

test("services that share an X server of the stack have a display already", async () => {
  const shared = "{image: a:1, environment: {DISPLAY: ':0'}, volumes: ['x11:/tmp/.X11-unix']}";
  const { services } = await open(`  a: ${shared}\n  server: ${shared}\nvolumes: {x11: }\n`);
  expect(standInDisplay(services, { desktop: false, host, authorityCopy: "/x" }).asking).toEqual([]);
});

test("a machine without a display, or with one that a container does not reach, is refused", async () => {
  const none = { display: null, authority: null, waylandSocket: null, hasGpuNodes: false };
  await expect(given(ui, true, none)).rejects.toMatchObject({ code: "unsupported" });
  await expect(given(ui, true, { ...none, display: "localhost:10.0" })).rejects.toMatchObject({ code: "unsupported" });
});

test("cookies count for any host, and a record that is cut off is left out", () => {
  const field = (text: string) => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
  const record = (family: number) =>
    Buffer.concat([Buffer.from([0, family]), field("laptop"), field("0"), field("MIT-MAGIC-COOKIE-1"), field("0123")]);
  const file = Buffer.concat([record(0), record(1), record(0).subarray(0, 20)]);
  const changed = cookiesForAnyHost(file);
  expect(changed.length).toBe(record(0).length * 2);
  expect([changed.readUInt16BE(0), changed.readUInt16BE(record(0).length)]).toEqual([0xffff, 0xffff]);
  expect(changed.subarray(2, record(0).length)).toEqual(record(0).subarray(2));
});
