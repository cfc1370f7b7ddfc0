import type { DiscoveryEvidence, Sighting } from "../../../shared/domain/index.ts";
import { type BrowseTally, browseEvidence } from "./browse-evidence.ts";
import { type DnsQuestion, decodeMessage, encodeQueries } from "./dns-message.ts";
import { MalformedMessage, nameKey } from "./dns-name.ts";
import { InterfaceSocket } from "./interface-socket.ts";
import type { LanInterface } from "./interfaces.ts";
import { RecordCache } from "./record-cache.ts";
import { BROWSED, resolveSshServices } from "./ssh-services.ts";

/** Waits between the rounds of asking: at 0, 1 and 3 s, then ever more seldom (RFC 6762, 5.2). */
const ROUND_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
const SLOWEST_ROUND_MS = 60_000;
/** In the first rounds the answers are also asked for directly. */
const DIRECT_ROUNDS = 3;
/** Programs that start together should not ask together (RFC 6762, 5.2). */
const START_SPREAD_MS = 40;
/** The first round is over when everybody was asked three times: a board on a sleepy Wi-Fi misses one or two. */
const FIRST_ROUND_MS = 3_300;
/** What a record lacks is asked for at most this often, each time after twice the wait. */
const MISSING_TRIES = 4;
const FIRST_MISSING_WAIT_MS = 250;
/** Records of several packets of one answer are looked at once. */
const SETTLE_MS = 5;
/** In a flood, looking takes a small part of the time: the wait is this many times what the last look took. */
const SETTLE_SHARE = 10;
const LONGEST_SETTLE_MS = 1_000;
/** Hundreds of devices that answer at once send fewer; a flood is not to take all of this machine's time. */
const PACKETS_PER_SECOND = 1_000;
/** A device with ten services sends a dozen in a round; the flood of one machine leaves the others heard. */
const PACKETS_OF_ONE_PER_SECOND = 100;
/** No network has as many machines that a person could look at. Who was heard first stays. */
const MAX_SIGHTINGS = 512;

/** Asks and listens on one network for as long as it exists. */
export class InterfaceBrowser {
  readonly lan: LanInterface;
  readonly #onSightings: (sightings: readonly Sighting[]) => void;
  readonly #cache = new RecordCache();
  readonly #socket: InterfaceSocket;
  readonly #missing = new Map<string, { question: DnsQuestion; tries: number; nextAtMs: number }>();
  #sightings: Sighting[] = [];
  #roundTimer: NodeJS.Timeout | null = null;
  #dueTimer: NodeJS.Timeout | null = null;
  #settleTimer: NodeJS.Timeout | null = null;
  #firstRoundTimer: NodeJS.Timeout | null = null;
  #round = 0;
  #packets = 0;
  #answers = 0;
  #malformed = 0;
  #settleMs = SETTLE_MS;
  #second = { startsAtMs: 0, packets: 0, bySender: new Map<string, number>() };
  #packetsLeftOut = 0;
  #sightingsLeftOut = 0;
  #openFailure: string | null = null;
  #sendFailure: string | null = null;
  #closed = false;
  #endFirstRound: () => void = () => undefined;
  readonly firstRound: Promise<void>;

  constructor(lan: LanInterface, onSightings: (sightings: readonly Sighting[]) => void) {
    this.lan = lan;
    this.#onSightings = onSightings;
    this.firstRound = new Promise((resolve) => {
      this.#endFirstRound = resolve;
    });
    this.#socket = new InterfaceSocket(lan, {
      onPacket: (packet, sender, legacy) => this.#hear(packet, sender, legacy),
      onFailure: (what) => {
        this.#openFailure = what;
      },
      onSent: (failure) => {
        this.#sendFailure = failure;
      },
    });
    void this.#socket.ready.then(() => this.#begin());
  }

  get sightings(): readonly Sighting[] {
    return this.#sightings;
  }

  /** Asks as at the start: after a sleep of this machine, nobody knows what is still there. */
  beginAnew(): void {
    if (this.#closed || this.#roundTimer === null) return;
    clearTimeout(this.#roundTimer);
    this.#round = 0;
    this.#ask();
  }

  evidence(): DiscoveryEvidence {
    return browseEvidence([this.tally()]);
  }

  tally(): BrowseTally {
    return {
      interfaceName: this.lan.name,
      address: this.lan.address,
      packets: this.#packets,
      answers: this.#answers,
      malformed: this.#malformed,
      leftOut: this.#packetsLeftOut + this.#cache.overflow + this.#sightingsLeftOut,
      sightings: this.#sightings,
      failure: this.#openFailure ?? this.#sendFailure,
      hasAsked: this.#round >= DIRECT_ROUNDS,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of [this.#roundTimer, this.#dueTimer, this.#settleTimer, this.#firstRoundTimer]) {
      if (timer !== null) clearTimeout(timer);
    }
    this.#socket.close();
    this.#endFirstRound();
  }

  #begin(): void {
    if (this.#closed) return;
    this.#roundTimer = setTimeout(() => this.#ask(), Math.random() * START_SPREAD_MS);
    this.#firstRoundTimer = setTimeout(() => this.#endFirstRound(), FIRST_ROUND_MS);
  }

  #ask(): void {
    const nowMs = Date.now();
    const questions = BROWSED.map((name) => ({ name, type: "PTR" as const }));
    const known = questions.flatMap((question) => this.#cache.knownAnswers(question, nowMs));
    this.#send(questions, this.#round < DIRECT_ROUNDS, known);
    // Whoever did not tell all about itself in the round before is asked again in this one.
    this.#missing.clear();
    this.#settleTimer ??= setTimeout(() => this.#look(), this.#settleMs);
    const waitMs = ROUND_WAITS_MS[this.#round] ?? SLOWEST_ROUND_MS;
    this.#round += 1;
    this.#roundTimer = setTimeout(() => this.#ask(), waitMs);
  }

  #send(questions: readonly DnsQuestion[], directly: boolean, known: Parameters<typeof encodeQueries>[1] = []): void {
    if (questions.length === 0) return;
    for (const packet of encodeQueries(questions, known)) this.#socket.send(packet, directly);
  }

  #hear(packet: Buffer, sender: string, legacy: boolean): void {
    this.#packets += 1;
    if (this.#isFlooded(sender)) {
      this.#packetsLeftOut += 1;
      return;
    }
    try {
      const message = decodeMessage(packet);
      if (!message.isResponse) return;
      this.#answers += 1;
      const nowMs = Date.now();
      for (const record of message.records) this.#cache.add(record, nowMs, sender, legacy);
      this.#settleTimer ??= setTimeout(() => this.#look(), this.#settleMs);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#malformed += 1;
    }
  }

  #isFlooded(sender: string): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#second.startsAtMs >= 1_000) this.#second = { startsAtMs: nowMs, packets: 0, bySender: new Map() };
    const { bySender } = this.#second;
    const ofSender = bySender.get(sender) ?? 0;
    // What is over one sender's share takes nothing of the others'.
    if (ofSender >= PACKETS_OF_ONE_PER_SECOND || this.#second.packets >= PACKETS_PER_SECOND) return true;
    bySender.set(sender, ofSender + 1);
    this.#second.packets += 1;
    return false;
  }

  /** Works out what the records say now, asks for what they lack, and sets the clock for the next time. */
  #look(): void {
    this.#settleTimer = null;
    if (this.#closed) return;
    const nowMs = Date.now();
    const startedAtMs = performance.now();
    this.#cache.expire(nowMs);
    const { sightings, missing } = resolveSshServices(this.#cache, this.lan.name, nowMs);
    this.#sightings = sightings.slice(0, MAX_SIGHTINGS);
    this.#sightingsLeftOut = sightings.length - this.#sightings.length;
    this.#onSightings(this.#sightings);
    this.#send([...this.#cache.takeDueQuestions(nowMs), ...this.#takeMissing(missing, nowMs)], true);
    this.#setClock(nowMs);
    const tookMs = performance.now() - startedAtMs;
    this.#settleMs = Math.min(LONGEST_SETTLE_MS, Math.max(SETTLE_MS, tookMs * SETTLE_SHARE));
  }

  #takeMissing(missing: readonly DnsQuestion[], nowMs: number): DnsQuestion[] {
    const wanted = new Map(missing.map((question) => [`${question.type} ${nameKey(question.name)}`, question]));
    for (const key of this.#missing.keys()) if (!wanted.has(key)) this.#missing.delete(key);
    const due: DnsQuestion[] = [];
    for (const [key, question] of wanted) {
      const waiting = this.#missing.get(key) ?? { question, tries: 0, nextAtMs: nowMs };
      this.#missing.set(key, waiting);
      if (waiting.nextAtMs > nowMs || waiting.tries >= MISSING_TRIES) continue;
      waiting.nextAtMs = nowMs + FIRST_MISSING_WAIT_MS * 2 ** waiting.tries;
      waiting.tries += 1;
      due.push(question);
    }
    return due;
  }

  #setClock(nowMs: number): void {
    if (this.#dueTimer !== null) clearTimeout(this.#dueTimer);
    const waiting = [...this.#missing.values()].filter((entry) => entry.tries < MISSING_TRIES);
    const times = [this.#cache.nextDueAtMs(), ...waiting.map((entry) => entry.nextAtMs)].filter((at) => at !== null);
    const nextAtMs = Math.min(...times);
    this.#dueTimer = Number.isFinite(nextAtMs) ? setTimeout(() => this.#look(), Math.max(1, nextAtMs - nowMs)) : null;
  }
}
