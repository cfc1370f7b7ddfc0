/** Anything of a lab that is still there, as sentences; empty when nothing is. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { leftoverCgroups } from "./cgroups.ts";
import { tryDocker } from "./docker.ts";
import { cacheFolder, LOCAL_ENGINE_SOCKET, OWNER_LABEL, RUN_ROOT } from "./names.ts";
import { leftoverLinks, leftoverRules } from "./network.ts";
import { isAlive } from "./processes.ts";
import { labNames, readState } from "./state.ts";

/** The folder below which every device's data root lies. */
export function dataRoots(): string {
  return cacheFolder("devices");
}

/** Processes that carry one of the lab's folders in their command line, without zombies and without ourselves. */
function processesOfFolders(): string[] {
  const found: string[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const mounts = command === "" ? "" : readFileSync(`/proc/${entry}/cgroup`, "utf8");
      if (mounts.includes("/bayplan-lab/"))
        found.push(`Process ${entry} of a device is running: ${command.slice(0, 80)}.`);
      else if (command.includes(`${RUN_ROOT}/`)) found.push(`Process ${entry} is running: ${command.slice(0, 80)}.`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

export async function findLeftovers(): Promise<string[]> {
  const found: string[] = [];
  for (const name of labNames()) {
    const state = readState(name);
    found.push(`The folder ${join(RUN_ROOT, name)} exists.`);
    const ids =
      state === undefined ? [] : [...state.processes, ...state.devices.flatMap((one) => [one.holder, one.init])];
    for (const id of ids) if (isAlive(id)) found.push(`Process ${id.pid} of the lab ${name} is running.`);
  }
  found.push(...processesOfFolders());
  for (const link of leftoverLinks()) found.push(`The network link ${link} exists.`);
  for (const rule of await leftoverRules()) found.push(`The firewall rule "${rule}" exists.`);
  for (const path of await leftoverCgroups()) found.push(`The cgroup ${path} exists.`);
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const target = line.split(" ")[1] ?? "";
    if (target.startsWith(`${RUN_ROOT}/`) || target.startsWith(`${dataRoots()}/`)) found.push(`${target} is mounted.`);
  }
  if (existsSync(dataRoots())) {
    for (const name of readdirSync(dataRoots())) found.push(`The data folder ${join(dataRoots(), name)} exists.`);
  }
  if (existsSync(LOCAL_ENGINE_SOCKET)) {
    const listed = await tryDocker(LOCAL_ENGINE_SOCKET, ["ps", "-a", "-q", "--filter", `label=${OWNER_LABEL}=lab`], {
      timeoutMs: 5_000,
    });
    for (const id of listed.stdout.split("\n").filter(Boolean))
      found.push(`The container ${id} exists in the local engine.`);
  }
  return found;
}
