import * as packet from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DnsRecord, decodeMessage, encodeQueries } from "../../../../src/main/devices/mdns/dns-message.ts";
import {
  decodeName,
  encodeName,
  instanceLabel,
  joinName,
  MalformedMessage,
  splitName,
} from "../../../../src/main/devices/mdns/dns-name.ts";

const base = { ttlSeconds: 120, flush: false };

describe("names", () => {
  test("a label with dots stays one label, there and back", () => {
    const name = joinName(["Edge d1 v1.2", "_ssh", "_tcp", "local"]);
    expect(name).toBe("Edge d1 v1\\.2._ssh._tcp.local");
    const wire = encodeName(name);
    expect(wire[0]).toBe(12);
    expect(decodeName(wire, 0)).toEqual({ name, end: wire.length });
    expect(instanceLabel(name)).toBe("Edge d1 v1.2");
  });

  test("any labels survive splitting, joining and the wire", () => {
    const label = fc.string({ minLength: 1, maxLength: 15 }).filter((text) => Buffer.from(text).toString() === text);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        const name = joinName(labels);
        expect(splitName(name)).toEqual(labels);
        expect(decodeName(encodeName(name), 0).name).toBe(name);
      }),
    );
  });

  test("control characters of a hostile name are not shown", () => {
    expect(instanceLabel(joinName(["a\u001b[31mred\u0007\n", "_ssh", "_tcp", "local"]))).toBe("a[31mred");
  });

  test("pointers to themselves, forward or in a ring end in an error", () => {
    expect(() => decodeName(Buffer.from([0xc0, 0x00]), 0)).toThrow(MalformedMessage);
    expect(() => decodeName(Buffer.from([0xc0, 0x02, 0x00]), 0)).toThrow(MalformedMessage);
    expect(() => decodeName(Buffer.from([0x01, 0x61, 0xc0, 0x00]), 2)).toThrow(MalformedMessage);
    expect(() => decodeName(Buffer.from([0x3f, 0x61]), 0)).toThrow(MalformedMessage);
    expect(() => decodeName(Buffer.from([0x40]), 0)).toThrow(MalformedMessage);
  });
});

describe("messages", () => {
  test("what another implementation writes is read, compressed or not", () => {
    const wire = packet.encode({
      type: "response",
      flags: packet.AUTHORITATIVE_ANSWER,
      answers: [
        { type: "PTR", name: "_ssh._tcp.local", ttl: 4500, data: "press._ssh._tcp.local" },
        {
          type: "SRV",
          name: "press._ssh._tcp.local",
          ttl: 120,
          flush: true,
          data: { port: 22222, target: "press.local" },
        },
        { type: "A", name: "press.local", ttl: 120, flush: true, data: "10.77.0.11" },
        { type: "AAAA", name: "press.local", ttl: 120, data: "fe80::ba:0:0:1" },
        { type: "TXT", name: "press._ssh._tcp.local", ttl: 60, data: ["model=Pi 4", "a=b"] },
        { type: "HINFO", name: "press.local", ttl: 60, data: { cpu: "x", os: "y" } },
      ],
    });
    expect(decodeMessage(wire)).toEqual({
      isResponse: true,
      questions: 0,
      records: [
        { type: "PTR", name: "_ssh._tcp.local", ttlSeconds: 4500, flush: false, target: "press._ssh._tcp.local" },
        {
          type: "SRV",
          name: "press._ssh._tcp.local",
          ttlSeconds: 120,
          flush: true,
          port: 22222,
          target: "press.local",
        },
        { type: "A", name: "press.local", ttlSeconds: 120, flush: true, address: "10.77.0.11" },
        { type: "AAAA", name: "press.local", ttlSeconds: 120, flush: false, address: "fe80::ba:0:0:1" },
        { type: "TXT", name: "press._ssh._tcp.local", ttlSeconds: 60, flush: false, entries: ["model=Pi 4", "a=b"] },
      ],
    });
  });

  test("another implementation reads our question with its known answers", () => {
    const known: DnsRecord = { ...base, type: "PTR", name: "_ssh._tcp.local", target: "press._ssh._tcp.local" };
    const [wire, ...more] = encodeQueries([{ name: "_ssh._tcp.local", type: "PTR" }], [known]);
    expect(more).toEqual([]);
    const read = packet.decode(wire ?? Buffer.alloc(0));
    expect(read).toMatchObject({
      type: "query",
      questions: [{ name: "_ssh._tcp.local", type: "PTR", class: "IN" }],
      answers: [{ type: "PTR", name: "_ssh._tcp.local", ttl: 120, data: "press._ssh._tcp.local" }],
    });
  });

  test("many known answers go into several packets, all but the last marked as cut", () => {
    const known = Array.from({ length: 60 }, (_, index): DnsRecord => {
      return { ...base, type: "PTR", name: "_ssh._tcp.local", target: `device-number-${index}._ssh._tcp.local` };
    });
    const packets = encodeQueries([{ name: "_ssh._tcp.local", type: "PTR" }], known);
    expect(packets.length).toBeGreaterThan(1);
    expect(packets.every((wire) => wire.length <= 1_400)).toBe(true);
    const read = packets.map((wire) => packet.decode(wire));
    expect(read.map((one) => one.flag_tc)).toEqual(packets.map((_, index) => index < packets.length - 1));
    expect(read.flatMap((one) => one.answers ?? [])).toHaveLength(60);
    expect(read.map((one) => one.questions?.length)).toEqual(packets.map((_, index) => (index === 0 ? 1 : 0)));
  });

  test("no bytes whatever do more than throw MalformedMessage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decodeMessage(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("a real packet with any byte changed does no more either", () => {
    const wire = packet.encode({
      type: "response",
      answers: [
        { type: "SRV", name: "press._ssh._tcp.local", ttl: 120, data: { port: 22, target: "press.local" } },
        { type: "A", name: "press.local", ttl: 120, data: "10.77.0.11" },
      ],
    });
    for (let at = 0; at < wire.length; at += 1) {
      for (const value of [0, 1, 0x3f, 0x40, 0xc0, 0xff]) {
        const bent = Buffer.from(wire);
        bent[at] = value;
        try {
          decodeMessage(bent);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }
    }
  });
});
