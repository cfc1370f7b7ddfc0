/** What can go wrong with a device on request, beyond stopping a service: see `DEVICE_FAULTS`. */
import { devicePids } from "./cgroups.ts";
import type { LabDevice } from "./device.ts";
import { identify, type ProcessId, signal } from "./processes.ts";

/** Tags the rules in the device's own firewall; they go with its network namespace. */
const LOSS = "bayplan-loss";

/** Ends the SSH sessions that are open, as when a session process crashes; the server goes on taking new ones. */
export async function killSessions(device: LabDevice): Promise<number> {
  const said = await device.sh(
    'main="$(cat /run/sshd.pid)"; n=0; ' +
      'for p in $(pgrep -x sshd); do [ "$p" = "$main" ] || { kill -9 "$p" 2>/dev/null && n=$((n+1)); }; done; echo $n',
  );
  return Number(said.trim());
}

/** Loses this share of the packets in each direction, picked at random; 0 ends it. */
export async function setLoss(device: LabDevice, share: number): Promise<void> {
  const off = ["INPUT -i", "OUTPUT -o"].map(
    (chain) =>
      `while iptables -w -S ${chain.split(" ")[0]} | grep -q ${LOSS}; do ` +
      `iptables -w -D ${chain.split(" ")[0]} "$(iptables -w -L ${chain.split(" ")[0]} -n --line-numbers | ` +
      `grep ${LOSS} | head -1 | cut -d' ' -f1)"; done`,
  );
  await device.sh(off.join("\n"));
  if (share === 0) return;
  const on = ["INPUT -i", "OUTPUT -o"].map(
    (chain) =>
      `iptables -w -I ${chain} eth0 -m statistic --mode random --probability ${share} -m comment --comment ${LOSS} -j DROP`,
  );
  await device.sh(on.join(" && "));
}

/** How many packets the loss has taken so far, on their way in and out. */
export async function droppedPackets(device: LabDevice): Promise<number[]> {
  const line = `for c in INPUT OUTPUT; do iptables -w -nvxL $c | awk '/${LOSS}/ { print $1 }'; done`;
  return (await device.sh(line)).trim().split("\n").map(Number);
}

/** Stops every process of the device: its kernel still acknowledges packets, and nothing else happens. */
export async function freeze(device: LabDevice): Promise<void> {
  signalAll(device, "SIGSTOP");
  // One that was just being started when the list was read.
  signalAll(device, "SIGSTOP");
}

export async function thaw(device: LabDevice): Promise<void> {
  signalAll(device, "SIGCONT");
}

function signalAll(device: LabDevice, name: "SIGSTOP" | "SIGCONT"): void {
  const ids = devicePids(device.index).flatMap((pid): ProcessId[] => {
    try {
      return [identify(pid)];
    } catch {
      return []; // It ended while we looked.
    }
  });
  for (const id of ids) signal(id, name);
}

const CONTAINERS = "/var/lib/docker/containers";

/** Puts what the engine writes about its containers, their logs above all, on a disk of this size. It restarts the engine. */
export async function useSmallDisk(device: LabDevice, mib: number): Promise<void> {
  await device.killDockerd();
  await device.sh(
    `cp -a ${CONTAINERS} /tmp/containers && mount -t tmpfs -o size=${mib}m,mode=710 tmpfs ${CONTAINERS} && ` +
      `cp -a /tmp/containers/. ${CONTAINERS}/ && rm -r /tmp/containers`,
  );
  await device.startDockerd();
}

/** Takes the last byte of the small disk. */
export async function fillDisk(device: LabDevice): Promise<void> {
  await device.sh(`dd if=/dev/zero of=${CONTAINERS}/filler bs=4k 2>/dev/null; df ${CONTAINERS} | grep -q 100%`);
}

export async function freeDisk(device: LabDevice): Promise<void> {
  await device.sh(`rm -f ${CONTAINERS}/filler`);
}
