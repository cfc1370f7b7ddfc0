/** One device of a lab: what a test needs to know about it, and what can go wrong with it on request. */
import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { procsFiles } from "./cgroups.ts";
import { freeze, killSessions, setLoss, thaw } from "./device-faults.ts";
import { fingerprintOf } from "./device-files.ts";
import { serviceLine } from "./device-init.ts";
import { addressOf, type DeviceKind, type DevicePlan } from "./device-plan.ts";
import { engineAnswers, tryDocker } from "./docker.ts";
import { deviceMac, hostLink, tapLink } from "./names.ts";
import { setLinkState } from "./network.ts";
import { isAlive } from "./processes.ts";
import { CommandFailed, quote, type RunOptions, type RunResult, tryRun, waitFor } from "./run.ts";
import { execOverSsh, sshOptions } from "./ssh.ts";
import type { DeviceRecord } from "./state.ts";

export const DEVICE_FAULTS = [
  "sshd-down",
  "sshd-up",
  "dockerd-down",
  "dockerd-up",
  "link-down",
  "link-up",
  "rekey",
  "sessions-killed",
  "frozen",
  "thawed",
  "loss-20",
  "loss-0",
] as const;
export type DeviceFault = (typeof DEVICE_FAULTS)[number];

export function tcpAnswers(host: string, port: number, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: timeoutMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // An SSH server speaks first: a port that only accepts is not ready.
    socket.on("data", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
  });
}

export class LabDevice {
  constructor(
    private readonly record: DeviceRecord,
    private readonly clientKeyPath: string,
    private readonly save: () => Promise<void>,
    /** The device this one is behind; null when it is on the bridge. */
    readonly jump: LabDevice | null,
  ) {}

  private get plan(): DevicePlan {
    return this.record.plan;
  }
  get name(): string {
    return this.plan.name;
  }
  get kind(): DeviceKind {
    return this.plan.kind;
  }
  get index(): number {
    return this.plan.index;
  }
  get address(): string {
    return addressOf(this.plan);
  }
  /** Who logs in. */
  get user(): string {
    return this.plan.user;
  }
  /** What that user logs in with; null: the lab's key. */
  get password(): string | null {
    return this.plan.password;
  }
  /** Its process 1 as this machine numbers it. */
  get initPid(): number {
    return this.record.init.pid;
  }
  get mac(): string {
    return deviceMac(this.plan.index);
  }
  get sshPort(): number {
    return this.plan.sshPort;
  }
  /** SHA256:… of its ed25519 host key, which is the only one it has. */
  get hostKeyFingerprint(): string {
    return this.record.hostKeyFingerprint;
  }
  get memoryBytes(): number {
    return this.plan.memoryBytes;
  }
  get cpuCores(): number {
    return this.plan.cpuCores;
  }
  /** The engine's socket as a program on the device sees it. */
  get engineSocket(): string {
    return this.plan.engineSocket;
  }
  get machineId(): string {
    return this.plan.machineId;
  }
  /** True when its services announce themselves over mDNS. */
  get advertises(): boolean {
    return this.kind !== "silent" && this.jump === null;
  }
  /** The same engine reached from this machine, around the device's network: for checks and for filling it. */
  get outsideEngineSocket(): string {
    if (this.kind === "vm") throw new Error("The engine of a VM device is reachable over SSH only.");
    // /var/run is a link to /run, and followed from here it would be this machine's own.
    return `/proc/${this.record.init.pid}/root${this.engineSocket.replace(/^\/var\/run\//, "/run/")}`;
  }
  /** The device's root folder as this machine sees it. */
  get outsideRoot(): string {
    if (this.kind === "vm") throw new Error("The files of a VM device are reachable over SSH only.");
    return `/proc/${this.record.init.pid}/root`;
  }
  get logFolder(): string {
    return join(this.record.folder, "log");
  }

  private insideArgv(argv: readonly string[]): string[] {
    const join = procsFiles(this.plan.index)
      .map((file) => `echo $$ >${file}`)
      .join(" && ");
    const enter = `exec nsenter -t ${this.record.init.pid} -m -u -i -n -p -C -- "$@"`;
    return ["sh", "-c", `${join} && cd / && ${enter}`, "sh", ...argv];
  }

  /** Runs a program inside the device: in its namespaces and its cgroup (over SSH for a VM). Any exit code resolves. */
  exec(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    if (this.kind === "vm") return execOverSsh(this, this.clientKeyPath, argv, options);
    const env = { HOME: "/root", USER: "root", SHELL: "/bin/sh", ...options.env };
    return tryRun(this.insideArgv(argv), { ...options, env });
  }

  /** A shell line on the device whose failure is an error; resolves with its standard output. */
  async sh(line: string, options: RunOptions = {}): Promise<string> {
    const result = await this.exec(["/bin/sh", "-c", line], options);
    if (result.code !== 0) throw new CommandFailed([this.name, line], result);
    return result.stdout;
  }

  /** The docker client against this device's engine, from outside, so that it costs the device nothing. */
  async docker(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const result =
      this.kind === "vm"
        ? await this.exec(["docker", ...argv], options)
        : await tryDocker(this.outsideEngineSocket, argv, options);
    if (result.code !== 0) throw new CommandFailed([this.name, "docker", ...argv], result);
    return result.stdout;
  }

  /** Copies a file or folder of this machine onto the device. */
  async copyIn(path: string, destination: string): Promise<void> {
    if (this.kind === "vm") {
      const { copyOverSsh } = await import("./ssh.ts");
      await copyOverSsh(this, this.clientKeyPath, path, destination);
      return;
    }
    await cp(path, join(this.outsideRoot, destination), { recursive: true });
  }

  async sshAnswers(): Promise<boolean> {
    if (this.jump === null) return tcpAnswers(this.address, this.sshPort);
    const line = `echo | timeout 1 busybox nc ${this.address} ${this.sshPort} | grep -q ^SSH-`;
    return (await this.jump.exec(["sh", "-c", line])).code === 0;
  }

  async engineAnswers(): Promise<boolean> {
    if (this.kind === "vm") return (await this.exec(["docker", "version"])).code === 0;
    return existsSync(this.outsideEngineSocket) && (await engineAnswers(this.outsideEngineSocket));
  }

  get isUp(): boolean {
    return isAlive(this.record.init);
  }

  private async waitUntil(what: string, timeoutMs: number, check: () => Promise<boolean>): Promise<void> {
    const whole = `${what} of ${this.name}`;
    try {
      await waitFor(whole, timeoutMs, async () => {
        if (await check()) return true;
        if (!this.isUp) throw new Error(`${this.name} ended while waiting for ${whole}.`);
        return undefined;
      });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new Error(`${said}${await this.lastLogLines()}`);
    }
  }

  private async lastLogLines(): Promise<string> {
    let text = "";
    for (const name of ["init", "dockerd", "sshd", "avahi", "serial"]) {
      const log = await readFile(join(this.logFolder, `${name}.log`), "utf8").catch(() => "");
      if (log.trim() !== "") text += `\n${name}: ${log.trim().split("\n").slice(-3).join("\n  ")}`;
    }
    return text;
  }

  async waitUntilReady(timeoutMs = 60_000): Promise<void> {
    await this.waitUntil("sshd", timeoutMs, () => this.sshAnswers());
    await this.waitUntil("the engine", timeoutMs, () => this.engineAnswers());
    if (this.kind === "silent" || this.kind === "vm") return;
    // Behind another device it announces itself to that one only.
    await this.waitUntil("the announcement", 15_000, async () => {
      const text = await readFile(join(this.logFolder, "avahi.log"), "utf8").catch(() => "");
      return text.includes("successfully established");
    });
  }

  /** Ends sshd and, unless told otherwise, the sessions that it serves. */
  async stopSshd(options: { keepSessions?: boolean } = {}): Promise<void> {
    if (this.kind === "vm")
      throw new Error("A VM device is reached through its sshd, which can therefore not be stopped.");
    const which = options.keepSessions === true ? "" : "; for p in $(pgrep -x sshd); do kill -9 $p 2>/dev/null; done";
    await this.sh(`kill -9 $(cat /run/sshd.pid) 2>/dev/null${which}; rm -f /run/sshd.pid`);
    await this.waitUntil("the end of sshd", 5_000, async () => !(await this.sshAnswers()));
  }

  async startSshd(): Promise<void> {
    if (await this.sshAnswers()) return;
    await this.sh(serviceLine(this.plan, "sshd"));
    await this.waitUntil("sshd", 20_000, () => this.sshAnswers());
  }

  /** Changes one setting of its sshd, "MaxSessions" to "2" for example, and restarts it, which ends its sessions. */
  async setSshdOption(name: string, value: string): Promise<void> {
    const config = "/etc/ssh/sshd_config";
    await this.sh(`grep -vi '^${name} ' ${config} >${config}.new; echo ${quote(`${name} ${value}`)} >>${config}.new`);
    await this.sh(`/usr/sbin/sshd -t -f ${config}.new && mv ${config}.new ${config}`);
    await this.stopSshd();
    await this.startSshd();
  }

  /** As when the engine crashes: containers go on running, and its socket is left behind refusing connections. */
  async killDockerd(): Promise<void> {
    if (this.kind === "vm") {
      await this.sh("systemctl stop docker.socket docker.service");
      return;
    }
    if (this.kind === "podman") {
      await this.sh("kill -9 $(cat /run/podman.pid)");
      await this.waitUntil("the end of the engine", 5_000, async () => !(await this.engineAnswers()));
      return;
    }
    // The engine last: its containerd ends with it, and could then not be killed any more.
    const pidfiles = "/run/docker/containerd/containerd.pid /run/docker.pid";
    await this.sh(`for f in ${pidfiles}; do kill -9 "$(cat $f)"; done`);
    await this.waitUntil("the end of the engine", 5_000, async () => !(await this.engineAnswers()));
  }

  /** As when the device's system stops the engine: containers are stopped first. */
  async stopDockerd(): Promise<void> {
    if (this.kind === "vm" || this.kind === "podman") return this.killDockerd();
    await this.sh("kill -TERM $(cat /run/docker.pid)");
    await this.waitUntil("the end of the engine", 30_000, async () => {
      const left = await this.sh("cat /run/docker.pid 2>/dev/null || true");
      return left.trim() === "" && !(await this.engineAnswers());
    });
  }

  async startDockerd(): Promise<void> {
    if (await this.engineAnswers()) return;
    await this.sh(this.kind === "vm" ? "systemctl start docker.service" : serviceLine(this.plan, "dockerd"));
    await this.waitUntil("the engine", 90_000, () => this.engineAnswers());
  }

  /** Pulls the cable, or puts it back. */
  setLink(state: "up" | "down"): Promise<void> {
    return setLinkState(this.kind === "vm" ? tapLink(this.index) : hostLink(this.index), state, this.jump?.initPid);
  }

  /** The same board with a new host key, as after a re-installation. */
  async rekey(): Promise<void> {
    if (this.kind === "vm") throw new Error("A VM device keeps its host key.");
    const key = "/etc/ssh/ssh_host_ed25519_key";
    await this.sh(`rm -f ${key} ${key}.pub && ssh-keygen -q -t ed25519 -N '' -C root@${this.name} -f ${key}`);
    await this.stopSshd();
    await this.startSshd();
    this.record.hostKeyFingerprint = fingerprintOf(await this.sh(`cat ${key}.pub`));
    await this.save();
  }

  async fault(fault: DeviceFault): Promise<void> {
    switch (fault) {
      case "sshd-down":
        return this.stopSshd();
      case "sshd-up":
        return this.startSshd();
      case "dockerd-down":
        return this.killDockerd();
      case "dockerd-up":
        return this.startDockerd();
      case "link-down":
        return this.setLink("down");
      case "link-up":
        return this.setLink("up");
      case "rekey":
        return this.rekey();
      case "sessions-killed":
        await killSessions(this);
        return;
      case "frozen":
        return freeze(this);
      case "thawed":
        return thaw(this);
      case "loss-20":
        return setLoss(this, 0.2);
      case "loss-0":
        return setLoss(this, 0);
    }
  }

  /** A command line that logs in, for people who try things by hand. */
  sshCommand(): string {
    if (this.jump !== null) {
      const words = ["ssh", ...sshOptions(this, this.clientKeyPath), "-p", String(this.sshPort)];
      return [...words, `${this.user}@${this.address}`].map(quote).join(" ");
    }
    const options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
    return `ssh -i ${quote(this.clientKeyPath)} ${options} -p ${this.sshPort} ${this.user}@${this.address}`;
  }
}
