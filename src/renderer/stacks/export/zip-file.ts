/** A file that goes into an archive. */
export interface ZipEntry {
  name: string;
  text: string;
}

const storedVersion = 20;
/** Names are UTF-8. */
const flags = 0x0800;
/** 1 January 1980, the first day that the format knows: the same files give the same archive. */
const date = 0x0021;

/**
 * Files as one ZIP archive, not compressed (PKWARE APPNOTE 6.3, the parts that every reader knows). For a few small files:
 * names up to 64 KiB, 65,535 entries, 4 GiB.
 */
export function zipFile(entries: readonly ZipEntry[]): Blob {
  const encoder = new TextEncoder();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = encoder.encode(entry.name);
    const data = encoder.encode(entry.text);
    const about = numbers([
      [2, flags],
      [2, 0],
      [2, 0],
      [2, date],
      [4, crc32(data)],
      [4, data.length],
      [4, data.length],
      [2, name.length],
      [2, 0],
    ]);
    const head = [
      numbers([
        [4, 0x04034b50],
        [2, storedVersion],
      ]),
      about,
      name,
      data,
    ];
    directory.push(
      numbers([
        [4, 0x02014b50],
        [2, storedVersion],
        [2, storedVersion],
      ]),
      about,
      // No comment, the first disk, no attributes; then where the file begins.
      numbers([
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, offset],
      ]),
      name,
    );
    parts.push(...head);
    offset += lengthOf(head);
  }
  const end = numbers([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, lengthOf(directory)],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Numbers of two or four bytes, the lowest byte first. */
function numbers(values: readonly (readonly [2 | 4, number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of values) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

/** The check sum of ZIP: the reflected polynomial 0xEDB88320. */
export function crc32(data: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
