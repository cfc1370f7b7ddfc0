import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SshConnection } from "../../ssh/index.ts";

/** Whether a kernel runs programs of a foreign architecture: `no-fix`: by a program that is not found inside of containers. */
export type Emulation = "ready" | "no-fix" | "missing" | "unknown";

/** Asks a machine's kernel about an architecture as images call it (`arm64`). */
export type AskEmulation = (architecture: string) => Promise<Emulation>;

const folder = "/proc/sys/fs/binfmt_misc";

/** ELF's `e_machine` (gabi, and the psABI of each), as its two bytes stand in a file. */
const machines: Record<string, readonly string[]> = {
  arm64: ["b700"],
  arm: ["2800"],
  amd64: ["3e00"],
  "386": ["0300"],
  riscv64: ["f300"],
  ppc64le: ["1500"],
  s390x: ["0016"],
  mips64le: ["0800"],
};

const elf = "7f454c46";
/** Where `e_machine` begins, in digits. */
const machineAt = 36;

/**
 * What the entries of binfmt_misc say about an architecture (kernel: admin-guide/binfmt-misc). An entry is known by the bytes it looks
 * for, whatever it is called. The flag F opens the interpreter when it is registered, so that every container has it.
 */
export function emulationIn(entries: readonly string[], architecture: string): Emulation {
  const codes = machines[architecture];
  if (codes === undefined) return "unknown";
  const able = entries.filter((text) => {
    const magic = /^magic ([0-9a-f]+)$/m.exec(text)?.[1] ?? "";
    const code = magic.slice(machineAt, machineAt + 4);
    return /^enabled$/m.test(text) && magic.startsWith(elf) && codes.includes(code);
  });
  if (able.length === 0) return "missing";
  return able.some((text) => /^flags:.*F/m.test(text)) ? "ready" : "no-fix";
}

/** The kernel of this machine. Where containers run in a virtual machine (Docker Desktop), it says nothing about them. */
export const localEmulation: AskEmulation = async (architecture) => {
  if (process.platform !== "linux") return "unknown";
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names
      .filter((name) => name !== "register" && name !== "status")
      // One that is taken away meanwhile is not there.
      .map((name) => readFile(join(folder, name), "utf8").catch(() => "")),
  );
  return emulationIn(texts, architecture);
};

const readScript = `cd ${folder} 2>/dev/null || exit 0
for name in *; do
  case $name in register | status) ;; *) cat "$name" 2>/dev/null; echo; echo "--" ;; esac
done`;

/** The kernel of a device. */
export function deviceEmulation(connection: SshConnection): AskEmulation {
  return async (architecture) => {
    const { stdout } = await connection.exec(["sh", "-c", readScript]);
    return emulationIn(stdout.split("\n--\n"), architecture);
  };
}
