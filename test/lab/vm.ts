/** A device that is a virtual machine under plain emulation: a kernel of its own, systemd and cgroup v2. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { clientPublicKey } from "./client-key.ts";
import { fingerprintOf, makeKey } from "./device-files.ts";
import { type DevicePlan, VM_CORES, VM_INDEX, VM_MEMORY_BYTES } from "./device-plan.ts";
import { debianMirror } from "./images.ts";
import { BRIDGE_ADDRESS, cacheFolder, deviceAddress, deviceMac, labFolder, tapLink } from "./names.ts";
import { makeTap } from "./network.ts";
import { identify } from "./processes.ts";
import { run, spawnDetached } from "./run.ts";
import { ensureSeed } from "./seed.ts";
import { type DeviceRecord, type LabState, writeState } from "./state.ts";

/** Raise it when the content of the image changes. */
const EDITION = 1;
const DISK_SIZE = "6G";
const HOST_NAME = "press-vm-01";

const INCLUDED = [
  "systemd-sysv",
  "linux-image-cloud-amd64",
  "openssh-server",
  "avahi-daemon",
  "docker.io",
  "iproute2",
  "iptables",
  "ifupdown",
  "dbus",
  "ca-certificates",
  "sudo",
  "procps",
];

export interface VmImage {
  disk: string;
  kernel: string;
  initrd: string;
  hostKeyFingerprint: string;
}

function imageFiles(folder: string): Omit<VmImage, "hostKeyFingerprint"> & { hostKey: string; edition: string } {
  return {
    disk: join(folder, "disk.img"),
    kernel: join(folder, "vmlinuz"),
    initrd: join(folder, "initrd.img"),
    hostKey: join(folder, "host_key.pub"),
    edition: join(folder, "edition"),
  };
}

const SSH_SERVICE =
  '<?xml version="1.0" standalone="no"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">\n' +
  '<service-group><name replace-wildcards="yes">%h</name>' +
  "<service><type>_ssh._tcp</type><port>22</port></service></service-group>\n";

/** Services that only make an emulated boot longer. */
const MASKED = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "systemd-pstore.service",
  "getty@tty1.service",
];

async function fillRoot(root: string, publicKey: string): Promise<void> {
  const { mirror, suite } = await debianMirror();
  await run(["debootstrap", "--variant=minbase", `--include=${INCLUDED.join(",")}`, suite, root, mirror], {
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
  });
  const put = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), content, { mode });
  };
  await put("etc/hostname", `${HOST_NAME}\n`);
  await put("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${HOST_NAME}\n`);
  await put("etc/fstab", "/dev/vda / ext4 defaults,noatime 0 1\n");
  await put("etc/machine-id", `${createHash("md5").update(HOST_NAME).digest("hex")}\n`);
  const address = `address ${deviceAddress(VM_INDEX)}/24\n  up ip route add 224.0.0.0/4 dev eth0`;
  await put(
    "etc/network/interfaces",
    `auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\n  ${address}\n`,
  );
  await put("etc/resolv.conf", `nameserver ${BRIDGE_ADDRESS}\n`);
  await mkdir(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
  await put("root/.ssh/authorized_keys", publicKey, 0o600);
  await put(
    "etc/ssh/sshd_config.d/lab.conf",
    "PermitRootLogin prohibit-password\nUseDNS no\nHostKey /etc/ssh/ssh_host_ed25519_key\n",
  );
  await put("etc/avahi/services/ssh.service", SSH_SERVICE);
  for (const name of await readdir(join(root, "etc/ssh"))) {
    if (name.startsWith("ssh_host_")) await rm(join(root, "etc/ssh", name));
  }
  await makeKey(join(root, "etc/ssh/ssh_host_ed25519_key"), `root@${HOST_NAME}`);
  await run(["chroot", root, "usermod", "-s", "/bin/sh", "root"]);
  for (const unit of MASKED) await run(["ln", "-sf", "/dev/null", join(root, "etc/systemd/system", unit)]);
  await run(["cp", "-a", `${await ensureSeed()}/.`, join(root, "var/lib/docker/")]);
  for (const path of [
    "var/cache/apt/archives",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
  ]) {
    await rm(join(root, path), { recursive: true, force: true });
    await mkdir(join(root, path), { recursive: true });
  }
}

/** The image, built on first use, which takes some minutes. */
export async function vmImage(say: (text: string) => void): Promise<VmImage> {
  const folder = cacheFolder("vm");
  const files = imageFiles(folder);
  const publicKey = await clientPublicKey();
  const edition = `${EDITION} ${publicKey}`;
  if ((await readFile(files.edition, "utf8").catch(() => "")) !== edition) {
    say("Building the VM's image (once)");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const root = await mkdtemp(`${folder}-root-`);
    try {
      await run(["chmod", "755", root]);
      await fillRoot(root, publicKey);
      const boot = await readdir(join(root, "boot"));
      const find = (prefix: string): string => {
        const name = boot.find((one) => one.startsWith(prefix));
        if (name === undefined) throw new Error(`The VM's image has no ${prefix} in /boot.`);
        return join(root, "boot", name);
      };
      await cp(find("vmlinuz-"), files.kernel);
      await cp(find("initrd.img-"), files.initrd);
      await cp(join(root, "etc/ssh/ssh_host_ed25519_key.pub"), files.hostKey);
      const part = `${files.disk}.part`;
      await run(["truncate", "-s", DISK_SIZE, part]);
      await run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1", "-d", root, part]);
      await rename(part, files.disk);
      await writeFile(files.edition, edition);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
  return { ...files, hostKeyFingerprint: fingerprintOf(await readFile(files.hostKey, "utf8")) };
}

/** Starts the emulator; what it writes to the disk is forgotten when it ends. */
export async function startVm(state: LabState, plan: DevicePlan, signal: AbortSignal): Promise<DeviceRecord> {
  const image = await vmImage(() => undefined);
  const folder = join(labFolder(state.name), plan.name);
  const log = join(folder, "log");
  await mkdir(log, { recursive: true });
  await makeTap(plan.index);
  const argv = ["qemu-system-x86_64", "-name", plan.name, "-accel", "tcg,thread=multi", "-cpu", "max"];
  argv.push("-m", String(VM_MEMORY_BYTES / 1024 / 1024), "-smp", String(VM_CORES));
  argv.push("-kernel", image.kernel, "-initrd", image.initrd);
  argv.push(
    "-append",
    "root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet systemd.mask=ifupdown-pre.service systemd.unit=multi-user.target apparmor=0",
  );
  argv.push("-drive", `file=${image.disk},if=virtio,format=raw,snapshot=on`);
  argv.push("-netdev", `tap,id=lan,ifname=${tapLink(plan.index)},script=no,downscript=no`);
  argv.push("-device", `virtio-net-pci,netdev=lan,mac=${deviceMac(plan.index)}`);
  argv.push("-smbios", `type=1,manufacturer=Kontor Industrial,product=KI-Box 310,serial=${plan.serial.toUpperCase()}`);
  argv.push("-display", "none", "-monitor", "none", "-serial", `file:${join(log, "serial.log")}`);
  signal.throwIfAborted();
  const holder = identify(spawnDetached(argv, join(log, "init.log")));
  state.processes.push(holder);
  await writeState(state);
  return { plan, folder, dataRoot: image.disk, hostKeyFingerprint: image.hostKeyFingerprint, holder, init: holder };
}
