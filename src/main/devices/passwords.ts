import * as z from "zod";
import type { SshCredentials } from "../ssh/index.ts";
import type { Kept, SecretStore } from "../store/index.ts";
import type { SavedDevices } from "./saved-devices.ts";

const loginSchema = z.object({ user: z.string(), password: z.string() });

/**
 * The password of each device, kept under its remembered id, and of each jump host, kept under its host key. It is meant
 * for one user: another user of the same machine is never tried with it. Calls for one machine come one after the other,
 * so that a device on its way to its lasting id is not without its password; a keychain that takes its time over one
 * keeps no other waiting.
 */
export class DevicePasswords {
  readonly #secrets: SecretStore;
  /** By the id of a device, or the name of a server. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  set(deviceId: string, user: string, password: string): Promise<Kept> {
    return this.#inTurn([deviceId], () => this.#secrets.set(nameOf(deviceId), JSON.stringify({ user, password })));
  }

  /** The credentials, with this device's password for this user in place of theirs. */
  async addTo(credentials: SshCredentials, deviceId: string, user: string): Promise<SshCredentials> {
    const password = await this.ofDevice(deviceId, user);
    return password === null ? credentials : { ...credentials, password };
  }

  /** Keeps a password for this user of the server with this host key, which is a jump host. */
  setForServer(fingerprint: string, user: string, password: string): Promise<Kept> {
    const name = serverName(fingerprint);
    return this.#inTurn([name], () => this.#secrets.set(name, JSON.stringify({ user, password })));
  }

  /** What is kept for this user of the server with this host key; null for nothing. */
  ofServer(fingerprint: string, user: string): Promise<string | null> {
    const name = serverName(fingerprint);
    return this.#inTurn([name], async () => passwordIn(await this.#secrets.get(name), user));
  }

  removeOfServer(fingerprint: string): Promise<void> {
    const name = serverName(fingerprint);
    return this.#inTurn([name], () => this.#secrets.remove(name));
  }

  /** What is kept for this user of a device; null for nothing. */
  ofDevice(deviceId: string, user: string): Promise<string | null> {
    return this.#inTurn([deviceId], async () => passwordIn(await this.#secrets.get(nameOf(deviceId)), user));
  }

  /** The device has another id from now on. What was kept under that one before is replaced. */
  move(from: string, to: string): Promise<void> {
    return this.#inTurn([from, to], () => this.#secrets.rename(nameOf(from), nameOf(to)));
  }

  remove(deviceId: string): Promise<void> {
    return this.#inTurn([deviceId], () => this.#secrets.remove(nameOf(deviceId)));
  }

  #inTurn<T>(ids: readonly string[], action: () => Promise<T>): Promise<T> {
    const turn = Promise.all(ids.map((id) => this.#last.get(id))).then(action);
    // Whoever asked hears of a failure; the next in turn only waits for the end.
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    for (const id of ids) {
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

/** By its key and not by its name: the same name may be another machine in another network. */
function serverName(fingerprint: string): string {
  return `jump:${fingerprint}`;
}

function passwordIn(text: string | null, user: string): string | null {
  const login = text === null ? null : parseLogin(text);
  return login?.user === user ? login.password : null;
}

function parseLogin(text: string): z.infer<typeof loginSchema> | null {
  try {
    return loginSchema.parse(JSON.parse(text));
  } catch {
    // Of another version of Bayplan, or damaged: its words must not be repeated in an error.
    return null;
  }
}
