/**
 * Domain names as text, with their labels kept apart: a dot or backslash inside a label is escaped (`Edge v1\.2._ssh._tcp.local`),
 * as master files do (RFC 1035, 5.1). An instance name may hold any character (RFC 6763, 4.1.1), so a name that was
 * joined by bare dots could not be asked for again.
 */

const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;

/** A packet that cannot be read. Counted by the browser, never thrown further. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** The labels of a name, unescaped. */
export function splitName(name: string): string[] {
  const labels: string[] = [];
  let label = "";
  for (let at = 0; at < name.length; at += 1) {
    const char = name[at] ?? "";
    if (char === "\\") {
      at += 1;
      label += name[at] ?? "";
    } else if (char === ".") {
      labels.push(label);
      label = "";
    } else {
      label += char;
    }
  }
  if (label !== "") labels.push(label);
  return labels;
}

export function joinName(labels: readonly string[]): string {
  return labels.map((label) => label.replaceAll(/[\\.]/g, "\\$&")).join(".");
}

/** What a person reads: the first label, without what steers a terminal or turns a line around. */
export function instanceLabel(name: string): string {
  return (splitName(name)[0] ?? "").replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "").trim();
}

/** Names compare without regard to ASCII case (RFC 6762, 16). */
export function nameKey(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The wire form without compression. Throws RangeError for a label or name that is too long. */
export function encodeName(name: string): Buffer {
  const parts: Buffer[] = [];
  for (const label of splitName(name)) {
    const bytes = Buffer.from(label, "utf8");
    if (bytes.length === 0 || bytes.length > MAX_LABEL_BYTES) throw new RangeError(`No DNS label: ${label}`);
    parts.push(Buffer.from([bytes.length]), bytes);
  }
  const encoded = Buffer.concat([...parts, Buffer.from([0])]);
  if (encoded.length > MAX_NAME_BYTES) throw new RangeError(`No DNS name: ${name}`);
  return encoded;
}

/**
 * Reads a name at `start`, following compression pointers. A pointer must lead to before the place it was reached
 * from, so the walk always ends, and the name is at most 255 bytes, so it is short.
 */
export function decodeName(packet: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | null = null;
  let lowest = start;
  let bytes = 1;
  for (;;) {
    const length = packet[at];
    if (length === undefined) throw new MalformedMessage("a name runs over the end");
    if (length === 0) return { name: joinName(labels), end: end ?? at + 1 };
    if (length >= 0xc0) {
      if (at + 1 >= packet.length) throw new MalformedMessage("a pointer runs over the end");
      const target = packet.readUInt16BE(at) & 0x3fff;
      if (target >= lowest) throw new MalformedMessage("a name points forward");
      end ??= at + 2;
      lowest = target;
      at = target;
    } else if (length > MAX_LABEL_BYTES) {
      throw new MalformedMessage("a label of unknown kind");
    } else {
      bytes += length + 1;
      if (bytes > MAX_NAME_BYTES) throw new MalformedMessage("a name is too long");
      if (at + 1 + length > packet.length) throw new MalformedMessage("a label runs over the end");
      labels.push(packet.toString("utf8", at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
}
