import type { SshConnection, SshProcess } from "./ssh-connection.ts";

/**
 * How many sessions the server opens at once on this connection, counted up to `enough`: only trying tells, since
 * MaxSessions stands in a file that root alone may read. Throws what the connection ended with.
 */
export async function countSessions(connection: SshConnection, enough: number): Promise<number> {
  let stopListening: () => void = () => undefined;
  const crowded = new Promise<void>((resolve) => {
    stopListening = connection.places.onCrowded(resolve);
  });
  const started = new Set<SshProcess>();
  let isKnown = false;
  const starts = Array.from({ length: enough }, async () => {
    const process = await connection.start(["cat"], "brief");
    // Those that had to wait get their place when the first ones end, and give it to the next at once.
    if (isKnown) process.close();
    else started.add(process);
  });
  try {
    await Promise.race([Promise.all(starts), crowded]);
  } finally {
    isKnown = true;
    stopListening();
    for (const process of started) process.close();
    await Promise.allSettled(starts);
  }
  return Math.min(enough, connection.places.max);
}
