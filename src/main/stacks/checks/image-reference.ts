/** The parts of an image's name. */
export interface ImageReference {
  /** Null: Docker Hub. */
  host: string | null;
  /** Without the host and without `library/`: `redis`, `grafana/grafana`. */
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** Reads `[HOST/]NAME[:TAG][@DIGEST]`; the rules of the reference: the first part is a host when it has a dot, a colon, or is localhost. */
export function parseImage(text: string): ImageReference {
  const [named = "", digest] = text.split("@", 2);
  const slash = named.indexOf("/");
  const first = slash === -1 ? "" : named.slice(0, slash);
  const hasHost = first === "localhost" || /[.:]/.test(first);
  const path = hasHost ? named.slice(slash + 1) : named;
  const colon = path.lastIndexOf(":");
  const hasTag = colon > path.lastIndexOf("/");
  const host = hasHost && first !== "docker.io" && first !== "index.docker.io" ? first : null;
  const repository = hasTag ? path.slice(0, colon) : path;
  return {
    host,
    repository: host === null ? repository.replace(/^library\//, "") : repository,
    tag: hasTag ? path.slice(colon + 1) : null,
    digest: digest ?? null,
  };
}

/** The name with its host written out, as engines without a default registry want it. */
export function fullImageName(text: string): string {
  const { host, repository, tag, digest } = parseImage(text);
  const path = host === null && !repository.includes("/") ? `library/${repository}` : repository;
  const end = digest === null ? `:${tag ?? "latest"}` : `${tag === null ? "" : `:${tag}`}@${digest}`;
  return `${host ?? "docker.io"}/${path}${end}`;
}
