/** The first process of a device: a shell script that builds its root, starts its services, and then only waits. */
import { basename } from "node:path";
import { hierarchies, hierarchyOptions } from "./cgroups.ts";
import { hiddenPaths } from "./device-files.ts";
import { addressOf, type DevicePlan } from "./device-plan.ts";
import { homeLines } from "./device-user.ts";
import { PREFIX_LENGTH } from "./names.ts";
import { quote } from "./run.ts";

/** The services, each as a shell line that returns at once and keeps nothing of its starter open. */
export function serviceLine(plan: DevicePlan, service: "sshd" | "avahi" | "dockerd"): string {
  const detached = (argv: string, log: string) => `setsid ${argv} </dev/null >>/var/log/${log} 2>&1 &`;
  switch (service) {
    case "sshd":
      return detached("/usr/sbin/sshd -D -e -f /etc/ssh/sshd_config", "sshd.log");
    case "avahi":
      return detached(
        "avahi-daemon -f /etc/avahi/avahi-daemon.conf --no-drop-root --no-chroot --no-rlimits",
        "avahi.log",
      );
    case "dockerd":
      if (plan.kind === "podman") return podmanLine(plan, detached);
      return (
        `rm -f /run/docker.pid /run/docker/containerd/containerd.pid; ` +
        detached(`dockerd -p /run/docker.pid -H unix://${plan.engineSocket}`, "dockerd.log")
      );
  }
}

/** Podman's API as its socket unit serves it, without systemd; the ordinary user gets at it through a group. */
function podmanLine(plan: DevicePlan, detached: (argv: string, log: string) => string): string {
  const socket = plan.engineSocket;
  const service = `echo $$ >/run/podman.pid; exec podman system service --time 0 unix://${socket}`;
  const share = `until [ -S ${socket} ]; do sleep 0.05; done; chgrp docker ${socket}; chmod 660 ${socket}`;
  return [
    `rm -f ${socket}; mkdir -p /run/podman; chgrp docker /run/podman; chmod 750 /run/podman`,
    detached(`sh -c ${quote(service)}`, "dockerd.log"),
    ...(plan.user === "root" ? [] : [detached(`sh -c ${quote(share)}`, "dockerd.log")]),
  ].join("\n");
}

/** Where an engine keeps images and containers, as the device sees it. */
function dataFolder(plan: DevicePlan): string {
  return plan.kind === "podman" ? "var/lib/containers" : "var/lib/docker";
}

function cgroupMounts(): string[] {
  const lines = ['mount -t tmpfs -o mode=755 tmpfs "$R/sys/fs/cgroup"'];
  for (const hierarchy of hierarchies()) {
    const name = basename(hierarchy);
    lines.push(
      `mkdir "$R/sys/fs/cgroup/${name}"`,
      `mount -t cgroup -o ${hierarchyOptions(hierarchy)} cgroup "$R/sys/fs/cgroup/${name}"`,
    );
    if (name.includes(",")) {
      for (const one of name.split(",")) lines.push(`ln -s ${name} "$R/sys/fs/cgroup/${one}"`);
    }
  }
  return lines;
}

export interface InitFolders {
  /** The device's folder with `files`, `services`, `live`, `log`, `space`. */
  device: string;
  /** Where its engine keeps images and containers, on a real disk. */
  dataRoot: string;
}

/** Runs as process 1 of fresh mount, uts, ipc, pid, network and cgroup namespaces, in the device's cgroup. */
export function initScript(plan: DevicePlan, folders: InitFolders): string {
  const address = `${addressOf(plan)}/${PREFIX_LENGTH}`;
  const hidden = hiddenPaths(plan).map(quote).join(" ");
  return [
    "set -e",
    "umask 022",
    `D=${quote(folders.device)}`,
    // /proc is still this machine's own: the shell reads its pid as seen from outside.
    "read -r outside rest </proc/self/stat",
    'echo "$outside" >"$D/init.pid.part" && mv "$D/init.pid.part" "$D/init.pid"',
    "mount --make-rprivate /",
    'mount -t tmpfs -o mode=755 tmpfs "$D/space"',
    'mkdir "$D/space/upper" "$D/space/work" "$D/space/root"',
    'cp -a "$D/files/." "$D/space/upper/"',
    `for path in ${hidden}; do`,
    // A character device 0/0 in the upper layer hides the path below it.
    '  [ -e "/$path" ] || continue; mkdir -p "$D/space/upper/$(dirname "$path")"; mknod "$D/space/upper/$path" c 0 0',
    "done",
    'R="$D/space/root"',
    'mount -t overlay -o lowerdir=/,upperdir="$D/space/upper",workdir="$D/space/work" overlay "$R"',
    'mount -t proc proc "$R/proc"',
    'mount -t sysfs sysfs "$R/sys"',
    'mount --rbind /dev "$R/dev"',
    'for at in dev/shm run tmp root home usr/local mnt media opt srv; do mount -t tmpfs -o mode=755 tmpfs "$R/$at"; done',
    'chmod 1777 "$R/tmp" "$R/dev/shm"; chmod 700 "$R/root"',
    'mkdir -p "$R/run/sshd" "$R/run/avahi-daemon" "$R/run/lock" "$R/usr/local/bin"',
    ...cgroupMounts(),
    'for file in meminfo stat cpuinfo; do mount --bind "$D/live/$file" "$R/proc/$file"; done',
    'mount --bind "$D/live/boot_id" "$R/proc/sys/kernel/random/boot_id"',
    'for file in online possible present; do mount --bind "$D/live/cpus" "$R/sys/devices/system/cpu/$file"; done',
    'if [ -d "$D/dmi" ]; then',
    // sysfs takes no new folders, so /sys/class becomes a folder of ours into which every class is bound again.
    '  mkdir "$D/space/class"; mount -t tmpfs -o mode=755 tmpfs "$D/space/class"; mkdir -p "$D/space/class/dmi/id"',
    '  for class in "$R"/sys/class/*; do name="$(basename "$class")"; mkdir -p "$D/space/class/$name"; ' +
      'mount --bind "$class" "$D/space/class/$name"; done',
    '  [ -d "$R/sys/class/dmi" ] && umount "$D/space/class/dmi" && mkdir -p "$D/space/class/dmi/id"',
    '  cp -a "$D/dmi/." "$D/space/class/dmi/id/"; mount --rbind "$D/space/class" "$R/sys/class"',
    "fi",
    'if [ -d "$D/firmware" ]; then mount -t tmpfs -o mode=755 tmpfs "$R/sys/firmware"; cp -a "$D/firmware/." "$R/sys/firmware/"; fi',
    'mount --bind "$D/services" "$R/etc/avahi/services"',
    'mount --bind "$D/log" "$R/var/log"',
    `mkdir -p "$R/${dataFolder(plan)}"`,
    `mount --bind ${quote(folders.dataRoot)} "$R/${dataFolder(plan)}"`,
    ...homeLines(plan),
    ...(plan.kind === "balena" ? ['mount --bind /usr/bin/docker "$R/usr/libexec/engine-client"'] : []),
    `hostname ${plan.name}`,
    'cd "$R"',
    "mkdir mnt/before",
    "pivot_root . mnt/before",
    "cd /",
    "umount -l /mnt/before",
    "rmdir /mnt/before",
    "exec </dev/null >>/var/log/init.log 2>&1",
    "export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "ip link set lo up",
    "until ip link show dev eth0 >/dev/null 2>&1; do sleep 0.05; done",
    `ip addr add ${address} broadcast + dev eth0`,
    "ip link set eth0 up",
    "ip route add 224.0.0.0/4 dev eth0",
    "set +e",
    serviceLine(plan, "sshd"),
    serviceLine(plan, "dockerd"),
    ...(plan.kind === "silent" ? [] : [serviceLine(plan, "avahi")]),
    // A waiting shell also collects what is orphaned in here.
    "while :; do sleep 3600 & wait $!; done",
    "",
  ].join("\n");
}
