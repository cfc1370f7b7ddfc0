/** An image for arm64 that is one program, and the emulator that runs it: both without a registry. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker } from "./docker.ts";
import { LOCAL_ENGINE_SOCKET } from "./names.ts";
import { run } from "./run.ts";
import { unpackedPackage } from "./unpacked-package.ts";

const words = "hello from arm64\n";

/** write(1, words, length); exit(0): in machine words of AArch64, the text behind them. */
const code = [
  0xd2800020, // mov x0, #1
  0x100000e1, // adr x1, words (28 bytes from here)
  0xd2800002 | (words.length << 5), // mov x2, #length
  0xd2800808, // mov x8, #64 (write)
  0xd4000001, // svc #0
  0xd2800000, // mov x0, #0
  0xd2800ba8, // mov x8, #93 (exit)
  0xd4000001, // svc #0
];

const loadAddress = 0x400000;
const headerBytes = 64 + 56;

/** A static ELF file with one segment. */
function program(): Buffer {
  const body = Buffer.alloc(code.length * 4 + words.length);
  for (const [at, word] of code.entries()) body.writeUInt32LE(word >>> 0, at * 4);
  body.write(words, code.length * 4);
  const head = Buffer.alloc(headerBytes);
  head.write("\x7fELF\x02\x01\x01", 0, "latin1");
  head.writeUInt16LE(2, 16); // ET_EXEC
  head.writeUInt16LE(183, 18); // EM_AARCH64
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(loadAddress + headerBytes), 24);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(1, 64); // PT_LOAD
  head.writeUInt32LE(5, 68); // readable, executable
  head.writeBigUInt64LE(BigInt(loadAddress), 80);
  head.writeBigUInt64LE(BigInt(loadAddress), 88);
  head.writeBigUInt64LE(BigInt(headerBytes + body.length), 96);
  head.writeBigUInt64LE(BigInt(headerBytes + body.length), 104);
  head.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([head, body]);
}

/** Puts an image for arm64 into the local engine; its only program is /hello. An engine imports for its own architecture only: it is loaded. */
export async function loadForeignImage(reference: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "bayplan-foreign-"));
  const tar = (folder: string, file: string) => run(["tar", "-C", join(root, folder), "-cf", join(root, file), "."]);
  try {
    await mkdir(join(root, "files"));
    await writeFile(join(root, "files/hello"), program(), { mode: 0o755 });
    await mkdir(join(root, "image"));
    await tar("files", "image/layer.tar");
    const layer = createHash("sha256")
      .update(await readFile(join(root, "image/layer.tar")))
      .digest("hex");
    const config = {
      architecture: "arm64",
      os: "linux",
      config: { Cmd: ["/hello"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${layer}`] },
    };
    await writeFile(join(root, "image/config.json"), JSON.stringify(config));
    const manifest = [{ Config: "config.json", RepoTags: [reference], Layers: ["layer.tar"] }];
    await writeFile(join(root, "image/manifest.json"), JSON.stringify(manifest));
    await tar("image", "image.tar");
    await docker(LOCAL_ENGINE_SOCKET, ["load", "-q", "-i", join(root, "image.tar")]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const folder = "/proc/sys/fs/binfmt_misc";
const entry = "bayplan-test-arm64";

/** True when this kernel runs programs for arm64 already, as somebody has set it up. */
export async function emulatesArm64(): Promise<boolean> {
  if (!existsSync(join(folder, "status"))) return false;
  return (await run(["sh", "-c", `cat ${folder}/[!rs]* 2>/dev/null || true`])).includes(
    "\nmagic 7f454c460201010000000000000000000200b700",
  );
}

/** Registers Debian's qemu for arm64 until `release` is called. */
export async function registerEmulator(flags: string): Promise<{ release: () => Promise<void> }> {
  const qemu = join(await unpackedPackage("qemu-user-static"), "usr/bin/qemu-aarch64-static");
  const mounted = !existsSync(join(folder, "register"));
  if (mounted) await run(["mount", "-t", "binfmt_misc", "binfmt_misc", folder]);
  const magic = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
  const mask = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;
  const release = async (): Promise<void> => {
    if (existsSync(join(folder, entry))) await writeFile(join(folder, entry), "-1");
    if (mounted) await run(["umount", folder]);
  };
  try {
    await writeFile(join(folder, "register"), `:${entry}:M::${magic}:${mask}:${qemu}:${flags}`);
    if (!(await readFile(join(folder, entry), "utf8")).startsWith("enabled")) throw new Error("it is not enabled");
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}
