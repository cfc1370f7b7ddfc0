import { AppError } from "../../../shared/domain/index.ts";

/**
 * A reference with its registry, as containerd wants it: Kanto refuses `redis:7` ("failed to resolve reference: object
 * required"). The first part is a registry when it holds a dot or a colon or is `localhost` (distribution/reference,
 * the rule that Docker itself has). Throws `bad-input` for what can be no reference.
 */
export function qualifiedImage(reference: string): string {
  if (!/^[\w.:@/+-]+$/.test(reference) || /^[/:@.-]|\/\/|[/:@]$/.test(reference)) {
    throw new AppError("bad-input", `"${reference}" is no image reference.`, {
      hint: "Write it as registry/name:tag, for example docker.io/library/redis:7-alpine.",
    });
  }
  const slashAt = reference.indexOf("/");
  const first = slashAt < 0 ? "" : reference.slice(0, slashAt);
  const hasRegistry = first === "localhost" || /[.:]/.test(first);
  const withRegistry = hasRegistry ? reference : `docker.io/${slashAt < 0 ? "library/" : ""}${reference}`;
  const isTagged = withRegistry.includes("@") || withRegistry.lastIndexOf(":") > withRegistry.lastIndexOf("/");
  return isTagged ? withRegistry : `${withRegistry}:latest`;
}
