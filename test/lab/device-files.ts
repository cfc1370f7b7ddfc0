/** The files that make a device look like a machine of its own. */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { addressOf, type DevicePlan, visibleCores } from "./device-plan.ts";
import { accountFiles } from "./device-user.ts";
import { run } from "./run.ts";

const DEBIAN =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n' +
  'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';

const OS_RELEASE: Record<DevicePlan["kind"], string> = {
  plain: DEBIAN,
  balena:
    'ID="balena-os"\nNAME="balenaOS"\nVERSION="6.0.24"\nVERSION_ID="6.0.24"\nPRETTY_NAME="balenaOS 6.0.24"\n' +
    'VARIANT="Production"\nVARIANT_ID="prod"\nMACHINE="genericx86-64-ext"\nMETA_BALENA_VERSION="6.0.24"\n',
  silent:
    'PRETTY_NAME="Raspbian GNU/Linux 12 (bookworm)"\nNAME="Raspbian GNU/Linux"\nVERSION_ID="12"\n' +
    'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=raspbian\nID_LIKE=debian\n',
  podman: DEBIAN,
  sudo:
    'PRETTY_NAME="Raspbian GNU/Linux 12 (bookworm)"\nNAME="Raspbian GNU/Linux"\nVERSION_ID="12"\n' +
    'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=raspbian\nID_LIKE=debian\n',
  "no-forwarding": DEBIAN,
  vm: "",
};

/** Folders of a plain Debian root; anything else at the top of this machine is not shown to a device. */
const USUAL_TOP = new Set(
  "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var".split(" "),
);
/** Programs of this machine that small devices do not have. */
const HIDDEN_PROGRAMS = ["node", "nodejs", "npm", "npx", "chromium", "docker-compose", "qemu-system-x86_64"];
const DOCKER_PROGRAMS = ["usr/bin/docker", "usr/sbin/dockerd", "usr/bin/containerd"];

function hiddenPrograms(plan: DevicePlan): string[] {
  const hidden = HIDDEN_PROGRAMS.map((name) => `usr/bin/${name}`);
  if (plan.kind !== "podman") hidden.push("usr/bin/podman");
  if (plan.kind !== "sudo") hidden.push("usr/bin/sudo");
  if (plan.kind === "balena") hidden.push("usr/bin/docker", "usr/bin/python3");
  if (plan.kind === "podman") hidden.push(...DOCKER_PROGRAMS);
  return hidden;
}

/** Paths, relative to the root, that the device must not see. */
export function hiddenPaths(plan: DevicePlan): string[] {
  const top = readdirSync("/").filter((name) => !USUAL_TOP.has(name));
  return [...top, ...hiddenPrograms(plan), "usr/libexec/docker/cli-plugins", "etc/docker"];
}

export function sshdConfig(plan: DevicePlan): string {
  return [
    `Port ${plan.sshPort}`,
    "HostKey /etc/ssh/ssh_host_ed25519_key",
    "AuthorizedKeysFile /etc/ssh/authorized_keys",
    "PidFile /run/sshd.pid",
    "StrictModes no",
    "UsePAM no",
    "UseDNS no",
    "PrintMotd no",
    `PasswordAuthentication ${plan.password === null ? "no" : "yes"}`,
    `PubkeyAuthentication ${plan.password === null ? "yes" : "no"}`,
    "KbdInteractiveAuthentication no",
    `PermitRootLogin ${plan.user === "root" ? "prohibit-password" : "no"}`,
    "AllowTcpForwarding yes",
    `AllowStreamLocalForwarding ${plan.kind === "no-forwarding" ? "no" : "yes"}`,
    "MaxSessions 10",
    "MaxStartups 100:30:200",
    "Subsystem sftp /usr/lib/openssh/sftp-server",
    "",
  ].join("\n");
}

function avahiConfig(plan: DevicePlan): string {
  return [
    "[server]",
    `host-name=${plan.name}`,
    "use-ipv4=yes",
    "use-ipv6=no",
    "enable-dbus=no",
    "allow-interfaces=eth0",
    "[publish]",
    "publish-workstation=yes",
    "publish-hinfo=no",
    "[reflector]",
    "[rlimits]",
    "",
  ].join("\n");
}

function avahiService(plan: DevicePlan): string {
  const subtype = plan.kind === "balena" ? "<subtype>_resin-device._sub._ssh._tcp</subtype>" : "";
  return (
    '<?xml version="1.0" standalone="no"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">\n' +
    '<service-group><name replace-wildcards="yes">%h</name>' +
    `<service><type>_ssh._tcp</type>${subtype}<port>${plan.sshPort}</port></service></service-group>\n`
  );
}

/** The first stanzas of this machine's cpuinfo: as many cores as the device shows. */
export function cpuinfo(cores: number): string {
  const stanzas = readFileSync("/proc/cpuinfo", "utf8").trim().split("\n\n").slice(0, cores);
  return stanzas
    .map((stanza, at) =>
      stanza
        .replace(/^(processor\s*:).*$/m, `$1 ${at}`)
        .replace(/^(core id\s*:).*$/m, `$1 ${at}`)
        .replace(/^((?:siblings|cpu cores)\s*:).*$/gm, `$1 ${cores}`),
    )
    .map((stanza) => `${stanza}\n\n`)
    .join("");
}

/** The fingerprint as ssh prints it, from the text of a .pub file. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.trim().split(/\s+/)[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

export async function makeKey(path: string, comment: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path]);
}

/**
 * Writes the device's own files into its folder:
 * `files/` is laid over the root, `services/` is what it advertises, `firmware/` and `dmi/` say which board it is, and
 * `live/` holds what is bound over files of /proc and /sys. Resolves with the fingerprint of its host key.
 */
export async function writeDeviceFiles(plan: DevicePlan, folder: string, clientPublicKey: string): Promise<string> {
  const put = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode });
  };
  const cores = visibleCores(plan.cpuCores);
  const range = cores === 1 ? "0\n" : `0-${cores - 1}\n`;
  for (const { path, content, mode } of await accountFiles(plan)) await put(path, content, mode);
  await Promise.all([
    mkdir(join(folder, "services"), { recursive: true }),
    mkdir(join(folder, "log"), { recursive: true }),
    mkdir(join(folder, "space"), { recursive: true }),
    put("files/etc/hostname", `${plan.name}\n`),
    put("files/etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${plan.name}\n${addressOf(plan)} ${plan.name}.local\n`),
    put("files/etc/machine-id", `${plan.machineId}\n`),
    put("files/etc/os-release", OS_RELEASE[plan.kind]),
    put("files/usr/lib/os-release", OS_RELEASE[plan.kind]),
    put("files/etc/ssh/sshd_config", sshdConfig(plan)),
    put("files/etc/ssh/authorized_keys", clientPublicKey, plan.user === "root" ? 0o600 : 0o644),
    put("files/etc/avahi/avahi-daemon.conf", avahiConfig(plan)),
    put("files/etc/motd", ""),
    put("live/cpuinfo", cpuinfo(cores)),
    put("live/cpus", range),
    put("live/boot_id", `${randomUUID()}\n`),
    put("live/meminfo", ""),
    put("live/stat", ""),
    makeKey(join(folder, "files/etc/ssh/ssh_host_ed25519_key"), `root@${plan.name}`),
  ]);
  if (plan.kind !== "silent") await put("services/ssh.service", avahiService(plan));
  if (plan.kind === "podman") await put("files/etc/containers/containers.conf", CONTAINERS_CONF);
  if (plan.kind === "plain" || plan.kind === "podman" || plan.kind === "no-forwarding") {
    await put("dmi/sys_vendor", "Kontor Industrial\n");
    await put("dmi/product_name", "KI-Box 210\n");
    await put("dmi/product_serial", `${plan.serial.toUpperCase()}\n`, 0o400);
    await put("dmi/board_serial", `B${plan.serial.slice(0, 11).toUpperCase()}\n`, 0o400);
    await put("dmi/product_uuid", `${randomUuidFrom(plan.machineId)}\n`, 0o400);
  } else {
    const model = plan.kind === "balena" ? "Raspberry Pi Compute Module 4 Rev 1.1" : "Raspberry Pi 4 Model B Rev 1.4";
    await put("firmware/devicetree/base/model", `${model}\0`);
    await put("firmware/devicetree/base/serial-number", `${plan.serial}\0`);
  }
  if (plan.kind === "balena") {
    await put("files/usr/bin/balena-engine", BALENA_ENGINE, 0o755);
    await put("files/usr/libexec/engine-client", "");
  }
  return fingerprintOf(await readFile(join(folder, "files/etc/ssh/ssh_host_ed25519_key.pub"), "utf8"));
}

/** There is no systemd on a device of the lab, which Podman otherwise asks for cgroups and gives its events to. */
const CONTAINERS_CONF =
  '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\n' +
  '[containers]\nlog_driver = "k8s-file"\n';

const BALENA_ENGINE = '#!/bin/sh\nexec /usr/libexec/engine-client -H unix:///var/run/balena-engine.sock "$@"\n';

function randomUuidFrom(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
