/** The browser against a responder of another make, over real sockets on the loopback network. */
import { createSocket, type Socket } from "node:dgram";
import * as packet from "dns-packet";
import { afterEach, beforeEach, expect, test } from "vitest";
import { InterfaceBrowser } from "../../src/main/devices/mdns/interface-browser.ts";
import type { Sighting } from "../../src/shared/domain/index.ts";

const GROUP = "224.0.0.251";
const PORT = 5353;
/** Another address of the loopback network, so that the responder is not taken for ourselves. */
const RESPONDER = "127.0.0.2";

type Answers = (questions: readonly packet.Question[], known: readonly packet.Answer[]) => packet.Answer[];

class Responder {
  readonly asked: string[] = [];
  readonly #socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
  answers: Answers = () => [];

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.bind(PORT, "0.0.0.0", resolve));
    this.#socket.addMembership(GROUP, "127.0.0.1");
    this.#socket.on("message", (bytes, sender) => {
      if (sender.address !== "127.0.0.1" || sender.port !== PORT) return;
      const query = packet.decode(bytes);
      if (query.type !== "query") return;
      for (const question of query.questions ?? []) this.asked.push(`${question.type} ${question.name}`);
      const answers = this.answers(query.questions ?? [], query.answers ?? []);
      if (answers.length > 0) this.say({ type: "response", answers });
    });
  }

  say(message: packet.Packet): void {
    this.sayBytes(packet.encode(message));
  }

  sayBytes(bytes: Buffer): void {
    const sender = createSocket("udp4");
    sender.bind(0, RESPONDER, () => {
      sender.setMulticastInterface("127.0.0.1");
      sender.send(bytes, PORT, GROUP, () => sender.close());
    });
  }

  close(): void {
    this.#socket.close();
  }
}

const INSTANCE = "press._ssh._tcp.local";
const ptr = (ttl: number): packet.Answer => ({ type: "PTR", name: "_ssh._tcp.local", ttl, data: INSTANCE });
const srv: packet.Answer = { type: "SRV", name: INSTANCE, ttl: 120, data: { port: 2222, target: "press.local" } };
const a: packet.Answer = { type: "A", name: "press.local", ttl: 120, data: "192.0.2.77" };

let responder: Responder;
let browser: InterfaceBrowser;
let seen: Sighting[][];

beforeEach(async () => {
  responder = new Responder();
  await responder.open();
  seen = [];
});

afterEach(() => {
  browser.close();
  responder.close();
});

function browse(): void {
  const lan = {
    name: "lo",
    family: "IPv4" as const,
    address: "127.0.0.1",
    index: "1",
    prefix: 8,
    contains: (sender: string) => sender === RESPONDER,
  };
  browser = new InterfaceBrowser(lan, (sightings) => seen.push([...sightings]));
}

async function until(wanted: () => boolean): Promise<void> {
  await expect.poll(wanted, { timeout: 8_000, interval: 10 }).toBe(true);
}

test("records that come one by one, each only when asked for, still make a sighting", async () => {
  responder.answers = (questions) =>
    questions.flatMap((question) => {
      if (question.type === "PTR" && question.name === "_ssh._tcp.local") return [ptr(4_500)];
      if (question.type === "SRV" && question.name === INSTANCE) return [srv];
      if (question.type === "A" && question.name === "press.local") return [a];
      return [];
    });
  browse();
  await until(() => browser.sightings.length === 1);
  expect(browser.sightings[0]).toMatchObject({
    name: "press",
    port: 2222,
    addresses: ["192.0.2.77"],
    interfaceName: "lo",
  });
  expect(responder.asked).toEqual(expect.arrayContaining([`SRV ${INSTANCE}`, "A press.local", "AAAA press.local"]));
  expect(browser.evidence()).toMatchObject({ state: "working" });
});

test("a goodbye takes it away; another announcement brings it back", async () => {
  browse();
  await browser.firstRound;
  responder.say({ type: "response", answers: [ptr(4_500), srv, a] });
  await until(() => browser.sightings.length === 1);
  responder.say({ type: "response", answers: [ptr(0)] });
  await until(() => browser.sightings.length === 0);
  responder.say({ type: "response", answers: [ptr(4_500)] });
  await until(() => browser.sightings.length === 1);
});

test("a short-lived record is asked for again before it ends, and ends when nobody answers", async () => {
  browse();
  await browser.firstRound;
  responder.say({ type: "response", answers: [ptr(2), srv, a] });
  await until(() => browser.sightings.length === 1);
  responder.asked.length = 0;
  await until(() => browser.sightings.length === 0);
  expect(responder.asked.filter((question) => question === "PTR _ssh._tcp.local").length).toBeGreaterThanOrEqual(4);
});

test("what is known goes along with the question, so that it is not answered again", async () => {
  const known: string[] = [];
  responder.answers = (_questions, answers) => {
    for (const answer of answers) if (answer.type === "PTR") known.push(answer.data);
    return answers.length > 0 ? [] : [ptr(4_500), srv, a];
  };
  browse();
  await until(() => known.length > 0);
  expect(new Set(known)).toEqual(new Set([INSTANCE]));
  expect(browser.sightings).toHaveLength(1);
});

test("an instance name with dots is asked for with its labels as they were", async () => {
  // The other implementation cannot write such a name: the bytes are made by hand.
  const label = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  const type = Buffer.concat([label("_ssh"), label("_tcp"), label("local"), Buffer.from([0])]);
  const target = Buffer.concat([label("Edge v1.2"), type]);
  const record = Buffer.alloc(10);
  record.writeUInt16BE(12, 0);
  record.writeUInt16BE(1, 2);
  record.writeUInt32BE(4_500, 4);
  record.writeUInt16BE(target.length, 8);
  const header = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const asked: Buffer[] = [];
  const listener = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => listener.bind(PORT, "0.0.0.0", resolve));
  listener.addMembership(GROUP, "127.0.0.1");
  listener.on("message", (bytes) => asked.push(bytes));
  browse();
  await browser.firstRound;
  responder.sayBytes(Buffer.concat([header, type, record, target]));
  await until(() =>
    asked.some((bytes) => bytes.readUInt16BE(2) === 0 && bytes.includes(Buffer.concat([target, Buffer.from([0, 33])]))),
  );
  listener.close();
});

test("rubbish is counted and changes nothing", async () => {
  browse();
  await browser.firstRound;
  responder.sayBytes(Buffer.from("no message at all, but long enough for a header"));
  responder.sayBytes(Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 0x0c]));
  responder.say({ type: "response", answers: [ptr(4_500), srv, a] });
  await until(() => browser.sightings.length === 1);
  expect(browser.evidence().detail).toContain("1 SSH devices, 2 malformed");
});
