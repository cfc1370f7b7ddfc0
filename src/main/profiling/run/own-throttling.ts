/**
 * Throttling of services by their own limits. The quota lies on a container's group, which goes away with the
 * container: so the last figure of each is kept and they are summed.
 */
export class OwnThrottling {
  readonly #read: (service: string) => ReadonlyMap<string, number>;
  readonly #last = new Map<string, Map<string, number>>();

  /** `read` gives the throttled seconds of each container's group of a service, by the group's name. */
  constructor(services: readonly string[], read: (service: string) => ReadonlyMap<string, number>) {
    this.#read = read;
    for (const service of services) this.#last.set(service, new Map());
  }

  poll(): void {
    for (const [service, last] of this.#last) {
      for (const [group, seconds] of this.#read(service)) last.set(group, seconds);
    }
  }

  /** Null for a service without a CPU limit of its own, or when none of its containers was ever seen. */
  seconds(service: string): number | null {
    const last = this.#last.get(service);
    if (last === undefined || last.size === 0) return null;
    return [...last.values()].reduce((sum, seconds) => sum + seconds, 0);
  }
}
