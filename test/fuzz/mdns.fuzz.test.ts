import dnsPacket from "dns-packet";
import fc from "fast-check";
import { test } from "vitest";
import { decodeMessage, encodeQueries } from "../../src/main/devices/mdns/dns-message.ts";
import { MalformedMessage } from "../../src/main/devices/mdns/dns-name.ts";
import { RecordCache } from "../../src/main/devices/mdns/record-cache.ts";
import { BROWSED, resolveSshServices } from "../../src/main/devices/mdns/ssh-services.ts";
import { FUZZ_TIMEOUT_MS, fuzz, mutated } from "./fuzz.ts";

const name = fc.oneof(
  fc.constantFrom(...BROWSED, "one._ssh._tcp.local", "two._workstation._tcp.local", "one.local", "two.local"),
  fc.stringMatching(/^[a-z]{1,20}\.local$/),
);
const ttl = fc.oneof(fc.constantFrom(0, 1, 120, 4_500), fc.nat(2 ** 32 - 1));
const answer = fc.oneof(
  fc.record({ type: fc.constant("PTR" as const), name, ttl, data: name }),
  fc.record({
    type: fc.constant("SRV" as const),
    name,
    ttl,
    data: fc.record({ port: fc.nat(65_535), target: name }),
  }),
  fc.record({ type: fc.constant("A" as const), name, ttl, data: fc.ipV4() }),
  fc.record({
    type: fc.constant("TXT" as const),
    name,
    ttl,
    data: fc.array(fc.string({ maxLength: 100 }), { minLength: 1 }),
  }),
);
const valid = fc
  .array(answer, { maxLength: 12 })
  .map((answers) => dnsPacket.encode({ type: "response", answers: answers.map((one) => ({ ...one })) }));
/** Big counts, chains and loops of compression pointers. */
const grown = fc.tuple(fc.uint8Array({ minLength: 12, maxLength: 40 }), fc.nat(4_000)).map(([head, pairs]) => {
  const tail = Buffer.alloc(pairs * 2);
  for (let at = 0; at < pairs; at += 1) tail.writeUInt16BE(0xc000 | (12 + ((at * 2) % 0x3ff0)), at * 2);
  return Buffer.concat([head, tail]);
});
const packet = fc.oneof(
  { weight: 6, arbitrary: mutated(valid) },
  { weight: 2, arbitrary: grown },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9_000 }).map((bytes) => Buffer.from(bytes)) },
);

test(
  "mDNS packets: what they say is read, asked for again and forgotten, or they are malformed",
  () =>
    fuzz("mdns", fc.array(packet, { maxLength: 6 }), (packets) => {
      const cache = new RecordCache();
      let nowMs = 1_000;
      for (const bytes of packets) {
        nowMs += 700;
        try {
          for (const record of decodeMessage(bytes).records) cache.add(record, nowMs, "10.0.0.5");
        } catch (error) {
          // What the browser counts; anything else would end the program.
          if (!(error instanceof MalformedMessage)) throw error;
        }
        const { sightings, missing } = resolveSshServices(cache, "lan0", nowMs);
        if (sightings.length > 4_096) throw new Error("more sightings than records are kept");
        for (const later of [0, 100_000, 4_400_000]) {
          const asked = [...cache.takeDueQuestions(nowMs + later), ...missing];
          for (const query of encodeQueries(asked, cache.knownAnswers({ name: BROWSED[0] ?? "", type: "PTR" }, nowMs)))
            decodeMessage(query);
        }
      }
      cache.expire(nowMs + 5_000_000);
      if (cache.nextDueAtMs() !== null) throw new Error("a record outlives the longest lifetime");
    }),
  FUZZ_TIMEOUT_MS,
);
