/**
 * The rules of a `.dockerignore` (docs.docker.com/build/concepts/context): Go's filepath.Match plus `**`, `!` takes
 * back, the last rule that matches wins, and what is below an ignored folder is ignored with it.
 */
export class IgnoreRules {
  readonly #rules: { pattern: RegExp; ignore: boolean }[] = [];
  /** True when a `!` rule may bring back something below a folder that is ignored itself. */
  readonly hasExceptions: boolean;

  constructor(text: string) {
    for (const raw of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
      if (raw.startsWith("#")) continue;
      const ignore = !raw.trim().startsWith("!");
      const pattern = cleaned(raw.trim().replace(/^!/, "").trim());
      if (pattern !== "") this.#rules.push({ pattern: toRegExp(pattern), ignore });
    }
    this.hasExceptions = this.#rules.some((rule) => !rule.ignore);
  }

  /** `path`: relative to the context, with `/`. */
  ignores(path: string): boolean {
    let ignored = false;
    for (const { pattern, ignore } of this.#rules) {
      if (pattern.test(path)) ignored = ignore;
    }
    return ignored;
  }
}

/** `./a//b/` and `/a/b` are `a/b`. */
function cleaned(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0) parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function toRegExp(pattern: string): RegExp {
  let source = "";
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] ?? "";
    if (pattern.startsWith("**/", at)) {
      source += "(?:.*/)?";
      at += 3;
    } else if (pattern.startsWith("**", at)) {
      source += ".*";
      at += 2;
    } else if (char === "*") {
      source += "[^/]*";
      at += 1;
    } else if (char === "?") {
      source += "[^/]";
      at += 1;
    } else if (char === "[" && pattern.indexOf("]", at + 1) > at) {
      const end = pattern.indexOf("]", at + 1);
      source += `[${pattern
        .slice(at + 1, end)
        .replaceAll("\\", "\\\\")
        .replaceAll("[", "\\[")}]`;
      at = end + 1;
    } else {
      const literal = char === "\\" ? (pattern[at + 1] ?? "\\") : char;
      source += literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
      at += char === "\\" ? 2 : 1;
    }
  }
  // What lies below a match is matched too.
  return new RegExp(`^${source}(?:/.*)?$`, "s");
}
