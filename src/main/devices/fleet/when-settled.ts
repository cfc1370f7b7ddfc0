import type { DeviceRegistry } from "./device-registry.ts";
import type { Entry } from "./entry.ts";

/** Resolves when every device has a first definite state, or at the time limit (on `performance`'s clock). Devices that join meanwhile count too. */
export async function whenAllSettled(registry: DeviceRegistry, deadlineMs: number): Promise<void> {
  for (;;) {
    const open = registry.entries.filter((entry) => !entry.device.onlyHeardOf && !entry.session.settled);
    if (open.length === 0 || performance.now() >= deadlineMs) return;
    await Promise.all(open.map((entry) => whenSettled(entry, deadlineMs - performance.now())));
  }
}

/** Resolves when the device has a first definite state, has left the list, or at the time limit. */
export async function whenSettled(entry: Entry, timeoutMs: number): Promise<void> {
  if (entry.session.settled || entry.left.aborted || timeoutMs <= 0) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      stopListening();
      entry.left.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, timeoutMs);
    const stopListening = entry.listen(() => {
      if (entry.session.settled) finish();
    });
    entry.left.addEventListener("abort", finish, { once: true });
  });
}
