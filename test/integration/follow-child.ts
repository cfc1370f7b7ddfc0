/**
 * A Bayplan that a test stops and lets go on, as a laptop's sleep does: `tsx follow-child.ts KEY HOST PORT FINGERPRINT
 * CONTAINER` follows a container of a device and prints each batch as a line of JSON. Ends with its standard input.
 */
import { openWorld } from "./devices-world.ts";

const [clientKeyPath = "", host = "", port = "", fingerprint = "", containerId = ""] = process.argv.slice(2);
const stop = new AbortController();
process.stdin.on("end", () => stop.abort()).resume();
const world = await openWorld({ clientKeyPath, sources: [] });
try {
  const added = await world.fleet.add({ user: "root", host, port: Number(port) }, null);
  await world.until(host, "asking for trust", (one) => one.hostKey.trust === "new", 20_000);
  await world.fleet.trust(added.id, fingerprint);
  const online = await world.until(host, "online", (one) => one.state === "online", 20_000);
  const request = { containerIds: [containerId], tail: 10_000, lagLines: null };
  for await (const batch of world.fleet.logs(online.id, request, stop.signal))
    process.stdout.write(`${JSON.stringify(batch)}\n`);
} finally {
  await world.close();
}
