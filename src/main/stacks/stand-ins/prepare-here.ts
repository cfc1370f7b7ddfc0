import { randomBytes } from "node:crypto";
import { access, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import type { Finding, OpenedStack, Stack, Substitution } from "../../../shared/domain/index.ts";
import { openBayplanFile } from "../bayplan-file/bayplan-file.ts";
import { requireStack } from "../open-stack.ts";
import { type Board, busPaths, saysNoBus, standInBalena, standInBus } from "./balena.ts";
import { bindPaths, standInBinds } from "./binds.ts";
import { missingWhenPrivileged, pathsToLookFor, requireDevices, standInDevices } from "./devices.ts";
import { type HostDisplay, standInDisplay } from "./display.ts";
import { chooseDockerfiles } from "./dockerfiles.ts";
import { standInEnvironment } from "./environment.ts";
import { gathered, type LocalStandIns, localStandIns } from "./local-stand-ins.ts";
import { portsToChoose, standInNames } from "./names.ts";
import { standInServices } from "./services.ts";
import { freePorts } from "./serving/free-ports.ts";
import { servingFolder } from "./serving/serving-folder.ts";
import { needsServing, type ServingPlan, servingLabel } from "./serving/serving-plan.ts";

export interface HereRequest {
  opened: OpenedStack;
  /** Services that ask for a display get this machine's. */
  desktop: boolean;
  /** What the stack is to think it runs on. */
  board: Board;
  environment: Readonly<Record<string, string | undefined>>;
}

/** A stack as it runs on this machine. */
export interface HereStack {
  stack: Stack;
  /** Everything that is another thing here than the file says. */
  substitutions: Substitution[];
  /** What reading the file said, but for what a stand-in settles, and what is to be said of the stand-ins. */
  findings: Finding[];
  /** What has to be there while it runs. */
  plan: ServingPlan;
}

/**
 * A stack with stand-ins for what this machine lacks: those of `local:` in `bayplan.yaml` beside it, and those of its
 * format. Nothing is started. For the engine of this machine only.
 * @throws AppError `bad-input` (the file of the stack, `bayplan.yaml`), `not-found` (a device node that is not here and
 * nothing stands in for), `unsupported` (no display to give).
 */
export async function prepareHere({ opened, desktop, board, environment }: HereRequest): Promise<HereStack> {
  const stack = requireStack(opened);
  const folder = await folderOf(stack.file);
  const file = await openBayplanFile(folder);
  const from = localStandIns(file, folder);
  const id = randomBytes(6).toString("hex");
  const folderOfServing = servingFolder(tmpdir(), id);

  const chosen = standInServices(stack, from);
  const isHere = await lookFor([
    ...pathsToLookFor(chosen.services, from),
    ...bindPaths(chosen.services, from),
    ...busPaths(from),
  ]);
  const devices = standInDevices(chosen.services, from, { isHere, folder: folderOfServing });
  const binds = standInBinds(devices.services, from, isHere);
  const standIns = new Set(devices.serial.map(({ link }) => link));
  const isThere = (path: string) => standIns.has(path) || isHere(path);
  // Elsewhere the engine is in a machine of its own, with nodes of its own.
  const looks = process.platform === "linux";
  if (looks) requireDevices(binds.services, isThere);
  const missing = looks ? missingWhenPrivileged(binds.services, isThere) : [];
  const host = await hostDisplay(environment);
  const authorityCopy = join(folderOfServing, "Xauthority");
  const display = standInDisplay(binds.services, { desktop, host, authorityCopy });
  // What a person says counts more than what is made up below.
  const values = standInEnvironment(display.services, from);
  const steps = [chosen, devices, binds, display, values];
  let { services } = values;
  let isSettled = (_finding: Finding) => false;
  if (opened.format === "balena") {
    const bus = standInBus(services, from, isHere);
    const balena = standInBalena(bus.services, stack, board);
    const dockerfiles = await chooseDockerfiles(balena.services, board);
    steps.push(bus, balena, dockerfiles);
    services = dockerfiles.services;
    if (bus.isGiven) isSettled = saysNoBus;
  }
  const names = opened.format === "telemetryos" ? await namesOf(services) : null;
  if (names !== null) {
    steps.push(names);
    services = names.services;
  }
  const isGivenCookies = desktop && display.asking.length > 0 && host.display !== null && host.authority !== null;
  const plan: ServingPlan = {
    id,
    folder: folderOfServing,
    serial: devices.serial,
    names: names?.names ?? [],
    authority: isGivenCookies && host.authority !== null ? { from: host.authority, copy: authorityCopy } : null,
  };
  // A label of its own each time: what is served stays with its containers, and a container of TelemetryOS begins anew.
  const isNew = needsServing(plan) || opened.format === "telemetryos";
  const labelled = isNew
    ? services.map((service) => ({ ...service, labels: { ...service.labels, [servingLabel]: id } }))
    : services;
  return {
    stack: { ...stack, services: labelled },
    substitutions: gathered(
      labelled,
      steps.flatMap(({ substitutions }) => substitutions),
    ),
    findings: [
      ...opened.findings.filter((finding) => !isSettled(finding)),
      ...missing,
      ...unused(stack, from),
      ...(desktop && display.asking.length === 0 ? [noDisplayAsked] : []),
    ],
    plan,
  };
}

async function namesOf(services: Stack["services"]) {
  return standInNames(services, await freePorts(portsToChoose(services)));
}

const noDisplayAsked: Finding = {
  rule: "local.no-display",
  severity: "info",
  message: "No service asks for a display, so --desktop gives it to none.",
  hint: "A service asks with DISPLAY or WAYLAND_DISPLAY in its environment, or by mounting /tmp/.X11-unix.",
  place: null,
};

/** Entries that stand in for nothing: most likely the path is spelled in another way in the stack. */
function unused(stack: Stack, from: LocalStandIns): Finding[] {
  const devices = stack.services.flatMap(({ options }) => options.devices.map(({ source }) => source));
  const binds = stack.services.flatMap(({ mounts }) =>
    mounts.flatMap(({ kind, source }) => (kind === "bind" && source !== null ? [source] : [])),
  );
  const asked = new Set([...devices, ...binds]);
  return Object.keys(from.local.devices)
    .filter((node) => !asked.has(node))
    .map((node) => ({
      rule: "local.unused",
      severity: "warning" as const,
      message: `No service asks for ${node}, so nothing stands in for it.`,
      hint: null,
      place: from.placeOf("devices", node),
    }));
}

/** A stack may be a folder of files. */
async function folderOf(file: string): Promise<string> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? file : dirname(file);
}

async function lookFor(paths: readonly string[]): Promise<(path: string) => boolean> {
  const here = new Set<string>();
  for (const path of new Set(paths)) if (await exists(path)) here.add(path);
  return (path) => here.has(path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function hostDisplay(environment: HereRequest["environment"]): Promise<HostDisplay> {
  const { DISPLAY, XAUTHORITY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR } = environment;
  const authority = isSaid(XAUTHORITY) ? XAUTHORITY : join(homedir(), ".Xauthority");
  const socket = isSaid(WAYLAND_DISPLAY) ? join(...socketPath(WAYLAND_DISPLAY, XDG_RUNTIME_DIR)) : null;
  return {
    display: isSaid(DISPLAY) ? DISPLAY : null,
    authority: (await exists(authority)) ? authority : null,
    waylandSocket: socket !== null && (await exists(socket)) ? socket : null,
    hasGpuNodes: await exists("/dev/dri"),
  };
}

function socketPath(name: string, folder: string | undefined): [string, ...string[]] {
  return isAbsolute(name) ? [name] : [folder ?? "/run/user", name];
}

function isSaid(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
