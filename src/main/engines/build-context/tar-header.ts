/** What a tar archive says of one entry. */
export interface TarEntry {
  /** With `/`; a folder's without one at its end. */
  path: string;
  kind: "file" | "folder" | "symlink";
  mode: number;
  sizeBytes: number;
  modifiedAtMs: number;
  linkTarget: string;
  /** Numbers of the owner and the group; root when absent. */
  userId?: number;
  groupId?: number;
}

export const tarBlockBytes = 512;

const typeFlags: Record<TarEntry["kind"] | "pax", string> = { file: "0", symlink: "2", folder: "5", pax: "x" };

/** The largest size that eleven octal digits hold: 8 GiB less one. */
const octalSizeMax = 0o77777777777;

/**
 * The header of an entry in the ustar format (POSIX.1-2017, pax, "ustar Interchange Format"), after an extended (pax)
 * header where a name or a size does not fit. Owners are 0 unless said.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const records: string[] = [];
  if (!fits(entry.path, 100)) records.push(paxRecord("path", entry.path));
  if (!fits(entry.linkTarget, 100)) records.push(paxRecord("linkpath", entry.linkTarget));
  if (entry.sizeBytes > octalSizeMax) records.push(paxRecord("size", String(entry.sizeBytes)));
  const header = block(entry, typeFlags[entry.kind]);
  if (records.length === 0) return header;
  const body = Buffer.from(records.join(""));
  const paxEntry: TarEntry = { ...entry, path: "pax", linkTarget: "", mode: 0o644, sizeBytes: body.length };
  return Buffer.concat([block(paxEntry, typeFlags.pax), body, tarPadding(body.length), header]);
}

/** The zeros that fill the last block of a body. */
export function tarPadding(bodyBytes: number): Buffer {
  return Buffer.alloc((tarBlockBytes - (bodyBytes % tarBlockBytes)) % tarBlockBytes);
}

/** Two blocks of zeros end an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * tarBlockBytes);
}

function fits(text: string, bytes: number): boolean {
  return Buffer.byteLength(text) <= bytes && /^[\x20-\x7e]*$/.test(text);
}

/** `length key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function block(entry: TarEntry, typeFlag: string): Buffer {
  const header = Buffer.alloc(tarBlockBytes);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(`${Math.max(0, Math.floor(value)).toString(8).padStart(digits, "0").slice(-digits)}\0`, at, "latin1");
  };
  header.write(entry.path, 0, 100);
  octal(entry.mode & 0o7777, 100, 7);
  octal(entry.userId ?? 0, 108, 7);
  octal(entry.groupId ?? 0, 116, 7);
  octal(entry.sizeBytes > octalSizeMax ? 0 : entry.sizeBytes, 124, 11);
  octal(entry.modifiedAtMs / 1000, 136, 11);
  header.write("        ", 148, "latin1");
  header.write(typeFlag, 156, "latin1");
  header.write(entry.linkTarget, 157, 100);
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}
