import type { DnsQuestion, DnsRecord, DnsRecordType } from "./dns-message.ts";
import { nameKey } from "./dns-name.ts";

/** When a record that is still wanted is asked for again, in parts of its lifetime (RFC 6762, 5.2). */
const REFRESH_AT = [0.8, 0.85, 0.9, 0.95];
/** A goodbye, and what a flush replaces, live one second more (RFC 6762, 10.1 and 10.2). */
const LAST_BREATH_MS = 1_000;
/** Nobody on a LAN has this many; a flood of names must not fill the memory. */
const MAX_RECORDS = 4_096;
/** One machine speaks for itself, a reflector for the machines of another network: no machine is to fill all of it. */
const MAX_RECORDS_OF_ONE = 600;
const MAX_TTL_SECONDS = 75 * 60;

interface Entry {
  record: DnsRecord;
  receivedAtMs: number;
  expiresAtMs: number;
  lifetimeMs: number;
  /** How many of REFRESH_AT have been asked for. */
  refreshes: number;
  /** A random 0 to 2% of the lifetime, so that browsers do not ask in step. */
  jitter: number;
  leaving: boolean;
  /** Whose share of the cache it takes: that of who said it first. */
  sender: string;
}

/**
 * The records heard on one network interface, each with its own lifetime. Time is given from outside, in milliseconds.
 * RFC 6762 keeps one cache per interface: a name may stand for another machine on another link.
 */
export class RecordCache {
  /** By type and name, then by value. */
  readonly #groups = new Map<string, Map<string, Entry>>();
  readonly #bySender = new Map<string, number>();
  readonly #random: () => number;
  #size = 0;
  #overflow = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Records left out because the cache was full. */
  get overflow(): number {
    return this.#overflow;
  }

  /**
   * Takes in a record. `legacy` marks an answer sent to us alone, whose lifetime responders cap at ten seconds
   * (RFC 6762, 6.7): it never shortens what an announcement to everybody promised. `sender`: the address that it came
   * from. Returns true when what is known changed.
   */
  add(record: DnsRecord, nowMs: number, sender: string, legacy = false): boolean {
    const value = recordValue(record);
    const known = this.#group(record)?.get(value);
    if (record.ttlSeconds === 0) {
      if (known !== undefined && !known.leaving) leave(known, nowMs);
      return false;
    }
    if (record.flush) this.#flush(record, value, nowMs);
    const ofSender = this.#bySender.get(sender) ?? 0;
    if (known === undefined && (this.#size >= MAX_RECORDS || ofSender >= MAX_RECORDS_OF_ONE)) {
      this.#overflow += 1;
      return false;
    }
    const lifetimeMs = Math.min(record.ttlSeconds, MAX_TTL_SECONDS) * 1_000;
    const expiresAtMs = nowMs + lifetimeMs;
    if (known !== undefined && legacy && !known.leaving && known.expiresAtMs >= expiresAtMs) return false;
    const jitter = this.#random() * 0.02;
    if (known === undefined) this.#bySender.set(sender, ofSender + 1);
    this.#put(value, {
      record,
      receivedAtMs: nowMs,
      expiresAtMs,
      lifetimeMs,
      refreshes: 0,
      jitter,
      leaving: false,
      sender: known?.sender ?? sender,
    });
    return known === undefined;
  }

  /** Drops what has ended. Returns true when something did. */
  expire(nowMs: number): boolean {
    const before = this.#size;
    for (const [groupKey, group] of this.#groups) {
      for (const [value, entry] of group) {
        if (entry.expiresAtMs > nowMs) continue;
        group.delete(value);
        this.#size -= 1;
        this.#release(entry.sender);
      }
      if (group.size === 0) this.#groups.delete(groupKey);
    }
    return this.#size !== before;
  }

  /** What should be asked now so that it does not run out; each question is given once per step. */
  takeDueQuestions(nowMs: number): DnsQuestion[] {
    const due: DnsQuestion[] = [];
    for (const group of this.#groups.values()) {
      let question: DnsQuestion | null = null;
      for (const entry of group.values()) {
        while (!entry.leaving && entry.refreshes < REFRESH_AT.length && refreshAtMs(entry) <= nowMs) {
          entry.refreshes += 1;
          question = { name: entry.record.name, type: entry.record.type };
        }
      }
      if (question !== null) due.push(question);
    }
    return due;
  }

  /** When `expire` or `takeDueQuestions` next has something to do; null when nothing is known. */
  nextDueAtMs(): number | null {
    let next: number | null = null;
    for (const group of this.#groups.values()) {
      for (const entry of group.values()) {
        const at = entry.leaving ? entry.expiresAtMs : Math.min(refreshAtMs(entry), entry.expiresAtMs);
        if (next === null || at < next) next = at;
      }
    }
    return next;
  }

  find<T extends DnsRecordType>(type: T, name: string): (DnsRecord & { type: T })[] {
    const isWanted = (record: DnsRecord): record is DnsRecord & { type: T } => record.type === type;
    return this.#entriesOf({ type, name })
      .map((entry) => entry.record)
      .filter(isWanted);
  }

  /** Answers to a question that live for at least half their time yet, with the time they have left (RFC 6762, 7.1). */
  knownAnswers(question: DnsQuestion, nowMs: number): DnsRecord[] {
    return this.#entriesOf(question).flatMap(({ record, expiresAtMs, lifetimeMs, leaving }) => {
      const leftMs = expiresAtMs - nowMs;
      return !leaving && leftMs * 2 > lifetimeMs ? [{ ...record, ttlSeconds: Math.floor(leftMs / 1_000) }] : [];
    });
  }

  #release(sender: string): void {
    const left = (this.#bySender.get(sender) ?? 0) - 1;
    if (left > 0) this.#bySender.set(sender, left);
    else this.#bySender.delete(sender);
  }

  #group(question: DnsQuestion): Map<string, Entry> | undefined {
    return this.#groups.get(groupKeyOf(question));
  }

  #entriesOf(question: DnsQuestion): Entry[] {
    return [...(this.#group(question)?.values() ?? [])];
  }

  #put(value: string, entry: Entry): void {
    const groupKey = groupKeyOf(entry.record);
    const group = this.#groups.get(groupKey) ?? new Map<string, Entry>();
    this.#groups.set(groupKey, group);
    if (!group.has(value)) this.#size += 1;
    group.set(value, entry);
  }

  /** Records of one packet flush together: only what was heard more than a second ago is replaced (RFC 6762, 10.2). */
  #flush(record: DnsRecord, value: string, nowMs: number): void {
    for (const [otherValue, other] of this.#group(record) ?? []) {
      if (otherValue !== value && nowMs - other.receivedAtMs > LAST_BREATH_MS) leave(other, nowMs);
    }
  }
}

function groupKeyOf(question: DnsQuestion): string {
  return `${question.type} ${nameKey(question.name)}`;
}

function leave(entry: Entry, nowMs: number): void {
  entry.leaving = true;
  entry.expiresAtMs = Math.min(entry.expiresAtMs, nowMs + LAST_BREATH_MS);
}

function refreshAtMs(entry: Entry): number {
  const step = REFRESH_AT[entry.refreshes];
  if (step === undefined) return entry.expiresAtMs;
  return entry.receivedAtMs + entry.lifetimeMs * (step + entry.jitter);
}

function recordValue(record: DnsRecord): string {
  switch (record.type) {
    case "PTR":
      return nameKey(record.target);
    case "SRV":
      return `${record.port} ${nameKey(record.target)}`;
    case "A":
    case "AAAA":
      return record.address;
    case "TXT":
      return JSON.stringify(record.entries);
  }
}
