/**
 * Floods one network with mDNS: `tsx mdns-flood.ts ADDRESS SECONDS`. Thousands of machines that do not exist, names that
 * point at themselves, packets as large as they get, and garbage. Says how many packets it sent.
 */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { encode } from "dns-packet";

const [address = "", seconds = "1"] = process.argv.slice(2);
const subnet = address.split(".").slice(0, 3).join(".");
const ttl = 120;

/** A machine with SSH that is not there, called so that a terminal and a browser would take notice. */
function machines(from: number, count: number): Buffer {
  const answers = Array.from({ length: count }, (_, index) => {
    const at = from + index;
    const instance = `\u001b[2J<img src=x onerror=alert(${at})>$(touch x)._ssh._tcp.local`;
    const host = `flood-${at}.local`;
    return [
      { type: "PTR" as const, name: "_ssh._tcp.local", ttl, data: instance },
      { type: "SRV" as const, name: instance, ttl, data: { port: 20_000 + (at % 20_000), target: host } },
      { type: "A" as const, name: host, ttl, data: `${subnet}.${200 + (at % 50)}` },
    ];
  });
  return encode({ type: "response", answers: answers.flat() });
}

/** Compression pointers that lead to themselves and to one another. */
function loops(): Buffer {
  const packet = Buffer.alloc(9_000);
  packet.writeUInt16BE(0x8400, 2);
  packet.writeUInt16BE(0xffff, 6);
  for (let at = 12; at + 1 < packet.length; at += 2) packet.writeUInt16BE(0xc000 | (at % 0x3fff), at);
  return packet;
}

const packets = [
  ...Array.from({ length: 400 }, (_, at) => machines(at * 12, 12)),
  machines(0, 70),
  loops(),
  randomBytes(9_000),
  Buffer.alloc(0),
];
const socket = createSocket("udp4");
let sent = 0;
socket.bind(0, address, () => {
  socket.setMulticastInterface(address);
  const endsAtMs = performance.now() + Number(seconds) * 1_000;
  const send = (): void => {
    if (performance.now() > endsAtMs) {
      socket.close();
      process.stdout.write(`${sent}\n`);
      return;
    }
    for (let count = 0; count < 20; count += 1) {
      const packet = packets[sent % packets.length];
      if (packet !== undefined) socket.send(packet, 5353, "224.0.0.251", () => undefined);
      sent += 1;
    }
    setTimeout(send, 2);
  };
  send();
});
