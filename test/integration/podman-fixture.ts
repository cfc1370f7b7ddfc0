import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePackages } from "../lab/packages.ts";
import { busyboxImage } from "./engines-fixture.ts";

export interface PodmanService {
  socketPath: string;
  /** Podman's own command on the same containers. */
  podman(...args: string[]): string;
  stop(): Promise<void>;
}

const rootPackages = ["podman", "runc", "conmon", "containernetworking-plugins", "busybox-static"];
const rootlessPackages = [...rootPackages, "uidmap", "slirp4netns"];

/** A user that exists in the service's own view of this machine only. */
const rootlessUid = 54_322;
const rootlessName = "bayplan-podman";

/**
 * A real `podman system service` with storage, networks and a view of the machine of its own, as root or as a user
 * without rights. Nothing of it is left when it has stopped.
 */
export async function startPodman(options: { rootless: boolean }): Promise<PodmanService> {
  await ensurePackages(options.rootless ? rootlessPackages : rootPackages);
  const folder = mkdtempSync(join(tmpdir(), "bayplan-podman-"));
  chmodSync(folder, 0o755);
  for (const name of ["root", "home", "runtime"]) mkdirSync(join(folder, name), { mode: 0o700 });
  writeFileSync(
    join(folder, "containers.conf"),
    // crun does not run where cgroup v1 and v2 are both mounted; runc does.
    '[engine]\nruntime="runc"\n' +
      'cgroup_manager="cgroupfs"\nevents_logger="file"\n[containers]\nlog_driver="k8s-file"\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n',
  );
  const places = options.rootless ? "" : `runroot="/run/containers/storage"\ngraphroot="${folder}/root"\n`;
  writeFileSync(join(folder, "storage.conf"), `[storage]\ndriver="vfs"\n${places}`);
  const socketPath = join(folder, "runtime", "podman.sock");
  const env = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    CONTAINERS_CONF: join(folder, "containers.conf"),
    CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
    HOME: join(folder, "home"),
    XDG_RUNTIME_DIR: join(folder, "runtime"),
  };
  const words = ["podman", "system", "service", "--time=0", `unix://${socketPath}`];
  const child = options.rootless ? startRootless(folder, words, env) : startRoot(words, env);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const endAtMs = Date.now() + 20_000;
  while (!existsSync(socketPath)) {
    if (child.exitCode !== null || Date.now() > endAtMs) {
      child.kill("SIGKILL");
      throw new Error(`podman does not listen: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const inner = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  const enter = ["--target", inner, "--mount", "--net", "--pid", "--wd=/"];
  const podman = (...args: string[]): string => {
    const as = options.rootless
      ? ["setpriv", `--reuid=${rootlessUid}`, `--regid=${rootlessUid}`, "--clear-groups"]
      : [];
    return execFileSync("nsenter", [...enter, ...as, "podman", ...args], {
      env,
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  };
  podman("import", makeRoot(folder), `docker.io/${busyboxImage}`);
  return {
    socketPath,
    podman,
    async stop() {
      podman("rm", "--all", "--force", "--time=0");
      const ended = new Promise((resolve) => child.once("exit", resolve));
      // The first process of its namespace: all others end with it, whoever's they have become.
      process.kill(Number(inner), "SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What podman starts (without rights also itself once more, and a process that only waits) ends with the namespace. */
const ownNamespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

const privateView = [
  "mount --make-rprivate /",
  "mount -t tmpfs -o mode=755 tmpfs /run",
  "mount -t tmpfs tmpfs /var/lib/cni 2>/dev/null || true",
  "ip link set lo up",
];

function startRoot(words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const view = [...privateView, 'exec "$@"'];
  return spawn("unshare", [...ownNamespaces, "sh", "-ec", view.join("\n"), "sh", ...words], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function startRootless(folder: string, words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const line = `${rootlessName}:x:${rootlessUid}:${rootlessUid}::${folder}/home:/bin/sh\n`;
  writeFileSync(join(folder, "passwd"), `${readFileSync("/etc/passwd", "utf8")}${line}`);
  for (const name of ["subuid", "subgid"]) writeFileSync(join(folder, name), `${rootlessName}:600000:65536\n`);
  for (const name of ["home", "runtime"]) chownSync(join(folder, name), rootlessUid, rootlessUid);
  const view = [
    ...privateView,
    `for f in passwd subuid subgid; do [ -e /etc/$f ] || touch /etc/$f; mount --bind '${folder}'/$f /etc/$f; done`,
    `exec setpriv --reuid=${rootlessUid} --regid=${rootlessUid} --clear-groups "$@"`,
  ];
  return spawn("unshare", [...ownNamespaces, "sh", "-ec", view.join("\n"), "sh", ...words], {
    env,
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** A root file system of one static program. */
function makeRoot(folder: string): string {
  const root = join(folder, "image");
  for (const name of ["bin", "tmp", "proc", "sys", "dev", "etc"]) mkdirSync(join(root, name), { recursive: true });
  execFileSync("cp", ["/bin/busybox", join(root, "bin", "busybox")]);
  for (const applet of ["sh", "echo", "sleep", "true", "false", "cat", "seq"])
    symlinkSync("busybox", join(root, "bin", applet));
  const tar = join(folder, "image.tar");
  execFileSync("tar", ["-C", root, "-cf", tar, "."]);
  chmodSync(tar, 0o644);
  return tar;
}
