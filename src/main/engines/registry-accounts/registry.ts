/** Where images come from. */
export interface Registry {
  /** As people call it: `docker.io`, `registry.example.com:5000`. */
  name: string;
  /** As docker's own files call it. */
  key: string;
}

/** Docker Hub is kept under the address of its first version (docker/cli: registry.IndexServer). */
const hub: Registry = { name: "docker.io", key: "https://index.docker.io/v1/" };

const hubHosts: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * The registry of an image's reference. What stands before the first slash is a host when it could not be a user's name: it has
 * a dot or a colon, or is `localhost` (distribution/reference: splitDockerDomain).
 */
export function registryOf(reference: string): Registry {
  const slashAt = reference.indexOf("/");
  const first = slashAt < 0 ? "" : reference.slice(0, slashAt);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  return !isHost || hubHosts.has(first) ? hub : { name: first, key: first };
}

/** True when an entry of docker's files, a host or an address of it, is about this registry. */
export function isAbout(entry: string, registry: Registry): boolean {
  if (entry === registry.key) return true;
  const host = entry.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
  return registry === hub ? hubHosts.has(host) : host === registry.key;
}
