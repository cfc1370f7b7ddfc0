import * as z from "zod";
import type { SshCredentials } from "../ssh/index.ts";
import type { Kept, SecretStore } from "../store/index.ts";
import type { SavedDevices } from "./saved-devices.ts";

const loginSchema = z.object({ user: z.string(), password: z.string() });

/**
 * The password of each device, kept under its remembered id and meant for one user: another user of the same device is
 * never tried with it. Calls for one device come one after the other, so that a device on its way to its lasting id is
 * not without its password; a keychain that takes its time over one keeps no other waiting.
 */
export class DevicePasswords {
  readonly #secrets: SecretStore;
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  set(deviceId: string, user: string, password: string): Promise<Kept> {
    return this.#inTurn([deviceId], () => this.#secrets.set(nameOf(deviceId), JSON.stringify({ user, password })));
  }

  /** The credentials, with this device's password for this user in place of theirs. */
  addTo(credentials: SshCredentials, deviceId: string, user: string): Promise<SshCredentials> {
    return this.#inTurn([deviceId], async () => {
      const text = await this.#secrets.get(nameOf(deviceId));
      const login = text === null ? null : parseLogin(text);
      return login?.user === user ? { ...credentials, password: login.password } : credentials;
    });
  }

  /** The device has another id from now on. What was kept under that one before is replaced. */
  move(from: string, to: string): Promise<void> {
    return this.#inTurn([from, to], () => this.#secrets.rename(nameOf(from), nameOf(to)));
  }

  remove(deviceId: string): Promise<void> {
    return this.#inTurn([deviceId], () => this.#secrets.remove(nameOf(deviceId)));
  }

  #inTurn<T>(deviceIds: readonly string[], action: () => Promise<T>): Promise<T> {
    const turn = Promise.all(deviceIds.map((id) => this.#last.get(id))).then(action);
    // Whoever asked hears of a failure; the next in turn only waits for the end.
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    for (const id of deviceIds) {
      this.#last.set(id, ended);
      void ended.then(() => this.#last.get(id) === ended && this.#last.delete(id));
    }
    return turn;
  }
}

/** Remembered devices whose passwords go with them: to another id, and away when they are forgotten. */
export function savedWithPasswords(saved: SavedDevices, passwords: DevicePasswords): SavedDevices {
  return {
    list: () => saved.list(),
    async put(changes) {
      const moves = changes.map(({ device, replaces }) =>
        replaces === null ? Promise.resolve() : passwords.move(replaces, device.id),
      );
      await Promise.all([...moves, saved.put(changes)]);
    },
    async remove(id) {
      await Promise.all([passwords.remove(id), saved.remove(id)]);
    },
  };
}

function nameOf(deviceId: string): string {
  return `device:${deviceId}`;
}

function parseLogin(text: string): z.infer<typeof loginSchema> | null {
  try {
    return loginSchema.parse(JSON.parse(text));
  } catch {
    // Of another version of Bayplan, or damaged: its words must not be repeated in an error.
    return null;
  }
}
