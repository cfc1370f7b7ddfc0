/** Debian packages that the lab is made of. */
import { existsSync } from "node:fs";
import type { DevicePlan } from "./device-plan.ts";
import { run, tryRun } from "./run.ts";

export const LAB_PACKAGES = [
  "docker.io",
  "openssh-server",
  "openssh-client",
  "avahi-daemon",
  "iproute2",
  "iptables",
  "debootstrap",
  "busybox-static",
  "e2fsprogs",
] as const;

/** What tests use besides: loads, other engines, other sides to talk to. */
export const TEST_PACKAGES = [
  "stress-ng",
  "procps",
  "python3",
  "sudo",
  "sshpass",
  "socat",
  "podman",
  "mosquitto",
  "xvfb",
] as const;

export const VM_PACKAGES = ["qemu-system-x86"] as const;

/** What the kinds and variants of devices need beyond that. */
export function packagesFor(plans: readonly DevicePlan[]): string[] {
  const wanted: string[] = [...LAB_PACKAGES];
  if (plans.some((plan) => plan.kind === "vm")) wanted.push(...VM_PACKAGES);
  if (plans.some((plan) => plan.kind === "podman")) wanted.push("podman", "runc", "containernetworking-plugins");
  if (plans.some((plan) => plan.kind === "sudo")) wanted.push("sudo");
  // The plain ssh client with a password, for checks that must not go through the product.
  if (plans.some((plan) => plan.password !== null)) wanted.push("sshpass");
  return wanted;
}

/** dpkg-query's own placeholders. */
const STATUS_FORMAT = ["$", "{Package} $", "{db:Status-Status}\\n"].join("");

async function missingPackages(wanted: readonly string[]): Promise<string[]> {
  const listed = await tryRun(["dpkg-query", "-W", "-f", STATUS_FORMAT, ...wanted]);
  const installed = new Set(
    listed.stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.slice(0, line.indexOf(" "))),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** Installs what is missing when that is possible here; instant when all is there. */
export async function ensurePackages(wanted: readonly string[] = LAB_PACKAGES): Promise<void> {
  if (process.platform !== "linux" || !existsSync("/usr/bin/dpkg-query")) {
    throw new Error(`The lab runs on Debian Linux only; it needs the packages ${wanted.join(", ")}.`);
  }
  const missing = await missingPackages(wanted);
  if (process.getuid?.() !== 0) {
    const also = missing.length === 0 ? "" : ` and the missing packages: ${missing.join(", ")}`;
    throw new Error(`The lab needs root, because it makes network namespaces and cgroups${also}.`);
  }
  if (missing.length === 0) return;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  if ((await tryRun(install, { env })).code === 0) return;
  await run(["apt-get", "update"], { env });
  await run(install, { env });
}
