import type { SshConnection, SshProcess } from "./ssh-connection.ts";

/**
 * How many sessions the server opens at once on this connection, counted up to `enough`: only trying tells, since
 * MaxSessions stands in a file that root alone may read. Throws what the connection ended with.
 */
export async function countSessions(connection: SshConnection, enough: number): Promise<number> {
  const crowded = new Promise<void>((resolve) => connection.places.onCrowded(resolve));
  const starts = Array.from({ length: enough }, () => connection.start(["cat"], "brief"));
  const started: SshProcess[] = [];
  const all = Promise.all(starts.map((start) => start.then((process) => started.push(process))));
  try {
    await Promise.race([all, crowded]);
  } finally {
    // Those that waited for a place get theirs when the first ones end.
    for (const process of started) process.close();
    const late = await Promise.allSettled(starts);
    for (const result of late) if (result.status === "fulfilled") result.value.close();
  }
  return Math.min(enough, connection.places.max);
}
