import { AppError } from "../../../shared/domain/index.ts";

/** What of Kanto is on the device, and how large the device is: one POSIX sh script, each line `word value`. */
export const openScript = `
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
say() { printf '%s %s\\n' "$1" "$2"; }
say kanto 1
cm=$(command -v kanto-cm) && say cm "$cm"
for s in /run/container-management/container-management.sock /var/run/container-management/container-management.sock; do
  if [ -d "\${s%/*}" ] && [ ! -x "\${s%/*}" ]; then say socket "denied $s"; break; fi
  [ -S "$s" ] || continue
  if [ -r "$s" ] && [ -w "$s" ]; then say socket "open $s"; else say socket "denied $s"; fi
  break
done
say arch "$(uname -m)"
n=0; while IFS= read -r v; do case $v in processor*) n=$((n + 1));; esac; done </proc/cpuinfo
say cpus "$n"
while IFS= read -r v; do case $v in MemTotal:*) say memory "$v";; esac; done </proc/meminfo
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then say cgroup 2; else say cgroup 1; fi
c=/etc/container-management/config.json
[ -r "$c" ] && say config "$(tr -d '\\n\\r' <"$c" | head -c 65536)"
say end 1
`;

export interface KantoTraces {
  /** Where kanto-cm is; null when it is not on the path. */
  path: string | null;
  /** The daemon's socket and whether this user may open it; null when none was seen. */
  socket: { path: string; canOpen: boolean } | null;
  arch: string;
  cpus: number;
  memoryBytes: number;
  cgroupVersion: 1 | 2;
  /** The daemon's own configuration file as text; null where this user may not read it. */
  config: string | null;
}

/** Reads what the script printed. Throws `engine-failed` when it is cut or garbled. */
export function parseTraces(output: string): KantoTraces {
  const lines = output.split("\n").filter((line) => line !== "");
  const values = new Map(lines.map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
  const memoryKib = /(\d+) kB$/.exec(values.get("memory") ?? "")?.[1];
  const cpus = Number(values.get("cpus"));
  if (lines[0] !== "kanto 1" || lines.at(-1) !== "end 1" || memoryKib === undefined || !Number.isInteger(cpus)) {
    throw new AppError("engine-failed", "What the device says of Kanto is cut.");
  }
  const path = values.get("cm") ?? "";
  const [access = "", ...socketPath] = (values.get("socket") ?? "").split(" ");
  return {
    path: path.startsWith("/") ? path : null,
    socket: access === "" ? null : { path: socketPath.join(" "), canOpen: access === "open" },
    arch: values.get("arch") ?? "",
    cpus: Math.max(1, cpus),
    memoryBytes: Number(memoryKib) * 1024,
    cgroupVersion: values.get("cgroup") === "2" ? 2 : 1,
    config: values.get("config") ?? null,
  };
}
