/** Asks the LAN for a service type with a multicast DNS query of its own, independent of the product's discovery. */
import { createSocket } from "node:dgram";
import { decode, encode } from "dns-packet";

/** Names of the instances that answer on one interface, in order. */
export function queryServices(interfaceAddress: string, type: string, forMs = 1_500): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    const found = new Set<string>();
    const query = encode({ type: "query", questions: [{ type: "PTR", name: type }] });
    const ask = () => socket.send(query, 5353, "224.0.0.251");
    socket.on("error", reject);
    socket.on("message", (message) => {
      for (const answer of decode(message).answers ?? []) {
        if (answer.type === "PTR" && answer.name === type) found.add(answer.data.replace(`.${type}`, ""));
      }
    });
    // From a port other than 5353, which every responder answers directly (a "legacy" query).
    socket.bind(0, interfaceAddress, () => {
      socket.setMulticastInterface(interfaceAddress);
      ask();
      setTimeout(ask, forMs / 3);
      setTimeout(() => {
        socket.close();
        resolve([...found].sort());
      }, forMs);
    });
  });
}
