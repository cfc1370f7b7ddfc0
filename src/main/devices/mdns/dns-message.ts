import { decodeName, encodeName, MalformedMessage } from "./dns-name.ts";

interface RecordBase {
  name: string;
  ttlSeconds: number;
  /** The cache-flush bit: what was known under this name and type before is out of date (RFC 6762, 10.2). */
  flush: boolean;
}

/** The record types that finding a device takes; others are passed over. */
export type DnsRecord = RecordBase &
  (
    | { type: "PTR"; target: string }
    | { type: "SRV"; port: number; target: string }
    | { type: "A" | "AAAA"; address: string }
    | { type: "TXT"; entries: string[] }
  );
export type DnsRecordType = DnsRecord["type"];

export interface DnsQuestion {
  name: string;
  type: DnsRecordType;
}

export interface DnsMessage {
  isResponse: boolean;
  questions: number;
  records: DnsRecord[];
}

const typeCodes: Record<DnsRecordType, number> = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 };
const typeNames = new Map(Object.entries(typeCodes).map(([name, code]) => [code, name]));
const CLASS_IN = 1;
const HEADER_BYTES = 12;
/** A record is at least a root name, type, class, TTL and length: a count beyond that is a lie. */
const MIN_RECORD_BYTES = 11;
/** An Ethernet frame less IPv6 and UDP headers, with room to spare (RFC 6762, 17). */
const MAX_QUERY_BYTES = 1_400;

/** Reads a DNS message (RFC 1035, 4). Throws MalformedMessage. */
export function decodeMessage(packet: Buffer): DnsMessage {
  if (packet.length < HEADER_BYTES) throw new MalformedMessage("shorter than a header");
  const flags = packet.readUInt16BE(2);
  const questions = packet.readUInt16BE(4);
  const recordCount = packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10);
  if (recordCount * MIN_RECORD_BYTES > packet.length) throw new MalformedMessage("more records than bytes");
  let at = HEADER_BYTES;
  for (let index = 0; index < questions; index += 1) at = decodeName(packet, at).end + 4;
  const records: DnsRecord[] = [];
  for (let index = 0; index < recordCount; index += 1) {
    const { record, end } = decodeRecord(packet, at);
    if (record !== null) records.push(record);
    at = end;
  }
  return { isResponse: (flags & 0x8000) !== 0, questions, records };
}

function decodeRecord(packet: Buffer, start: number): { record: DnsRecord | null; end: number } {
  const { name, end: at } = decodeName(packet, start);
  if (at + 10 > packet.length) throw new MalformedMessage("a record runs over the end");
  const type = typeNames.get(packet.readUInt16BE(at));
  const recordClass = packet.readUInt16BE(at + 2);
  const dataAt = at + 10;
  const end = dataAt + packet.readUInt16BE(at + 8);
  if (end > packet.length) throw new MalformedMessage("record data runs over the end");
  if (type === undefined || (recordClass & 0x7fff) !== CLASS_IN) return { record: null, end };
  const base = { name, ttlSeconds: packet.readUInt32BE(at + 4), flush: (recordClass & 0x8000) !== 0 };
  return { record: decodeData(packet, dataAt, end, type, base), end };
}

function decodeData(packet: Buffer, at: number, end: number, type: string, base: RecordBase): DnsRecord | null {
  switch (type) {
    case "PTR":
      return { ...base, type, target: decodeName(packet, at).name };
    case "SRV":
      if (end - at < 7) throw new MalformedMessage("a service record is too short");
      return { ...base, type, port: packet.readUInt16BE(at + 4), target: decodeName(packet, at + 6).name };
    case "A":
      if (end - at !== 4) throw new MalformedMessage("an IPv4 address is not 4 bytes");
      return { ...base, type, address: packet.subarray(at, end).join(".") };
    case "AAAA":
      if (end - at !== 16) throw new MalformedMessage("an IPv6 address is not 16 bytes");
      return { ...base, type, address: formatIpv6(packet.subarray(at, end)) };
    case "TXT":
      return { ...base, type, entries: decodeStrings(packet, at, end) };
    default:
      return null;
  }
}

function decodeStrings(packet: Buffer, start: number, end: number): string[] {
  const entries: string[] = [];
  for (let at = start; at < end; ) {
    const length = packet[at] ?? 0;
    if (at + 1 + length > end) throw new MalformedMessage("a text runs over the end");
    if (length > 0) entries.push(packet.toString("utf8", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return entries;
}

/** Text form with the longest run of zeros folded (RFC 5952, 4), which is how a URL writes it as well. */
export function formatIpv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/**
 * Queries with what is known already, so that nobody answers it again (RFC 6762, 7.1). More than one packet when it
 * does not fit in one; all but the last then have the TC bit, which says that more known answers follow (7.2).
 */
export function encodeQueries(questions: readonly DnsQuestion[], known: readonly DnsRecord[]): Buffer[] {
  const asked = questions.flatMap((question) => (canBeAsked(question.name) ? [encodeQuestion(question)] : []));
  const answers = known.flatMap((record) =>
    record.type === "PTR" && canBeAsked(record.name) && canBeAsked(record.target) ? [encodePointer(record)] : [],
  );
  const packets: { questions: Buffer[]; answers: Buffer[]; bytes: number }[] = [];
  let open = { questions: asked, answers: [] as Buffer[], bytes: HEADER_BYTES + totalBytes(asked) };
  packets.push(open);
  for (const answer of answers) {
    if (open.bytes + answer.length > MAX_QUERY_BYTES) {
      open = { questions: [], answers: [], bytes: HEADER_BYTES };
      packets.push(open);
    }
    open.answers.push(answer);
    open.bytes += answer.length;
  }
  return packets.map((packet, index) => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(index < packets.length - 1 ? 0x0200 : 0, 2);
    header.writeUInt16BE(packet.questions.length, 4);
    header.writeUInt16BE(packet.answers.length, 6);
    return Buffer.concat([header, ...packet.questions, ...packet.answers]);
  });
}

/**
 * Whether a name that was heard can be written again. One with bytes that are no UTF-8 cannot: as text they are longer
 * than a label may be. Nobody is asked about it then; it must not end the browser.
 */
function canBeAsked(name: string): boolean {
  try {
    encodeName(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function totalBytes(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}

function encodeQuestion(question: DnsQuestion): Buffer {
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(typeCodes[question.type], 0);
  tail.writeUInt16BE(CLASS_IN, 2);
  return Buffer.concat([encodeName(question.name), tail]);
}

function encodePointer(record: DnsRecord & { type: "PTR" }): Buffer {
  const target = encodeName(record.target);
  const middle = Buffer.alloc(10);
  middle.writeUInt16BE(typeCodes.PTR, 0);
  middle.writeUInt16BE(CLASS_IN, 2);
  middle.writeUInt32BE(record.ttlSeconds, 4);
  middle.writeUInt16BE(target.length, 8);
  return Buffer.concat([encodeName(record.name), middle, target]);
}
