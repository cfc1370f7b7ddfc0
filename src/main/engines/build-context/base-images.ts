/** The first word of a line, upper case, and the rest. */
interface Instruction {
  name: string;
  rest: string;
}

/**
 * The images that a Dockerfile takes from elsewhere: `FROM`, and `COPY --from` of what is no stage of it, with the arguments of the
 * build filled in (docs.docker.com/reference/dockerfile). A name that stays open is left out.
 */
export function baseImages(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string[] {
  const images = new Set<string>();
  const stages = new Set<string>();
  const args = new Map<string, string>();
  let isGlobal = true;
  for (const { name, rest } of instructions(dockerfile)) {
    if (name === "ARG" && isGlobal) {
      for (const [key, value] of declaredArgs(rest)) args.set(key, buildArgs[key] ?? filled(value, args) ?? "");
    } else if (name === "FROM") {
      isGlobal = false;
      const [image = "", as = "", stage = ""] = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
      const full = filled(image, args);
      if (full !== null && full !== "scratch" && !stages.has(full.toLowerCase())) images.add(full);
      if (as.toUpperCase() === "AS" && stage !== "") stages.add(stage.toLowerCase());
    } else if (name === "COPY") {
      const from = /^(?:--\S+\s+)*--from=(\S+)/.exec(rest)?.[1];
      if (from !== undefined && !/^\d+$/.test(from) && !from.includes("$") && !stages.has(from.toLowerCase())) {
        images.add(from);
      }
    }
  }
  return [...images].filter((image) => image !== "");
}

function instructions(text: string): Instruction[] {
  const joined = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .replaceAll(/\\[ \t]*\n/g, " ");
  return joined.split("\n").flatMap((line) => {
    const match = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line);
    return match === null ? [] : [{ name: (match[1] ?? "").toUpperCase(), rest: match[2] ?? "" }];
  });
}

function declaredArgs(rest: string): [string, string][] {
  return rest.split(/\s+/).flatMap((word) => {
    const match = /^(\w+)(?:=(.*))?$/.exec(word);
    return match === null ? [] : [[match[1] ?? "", (match[2] ?? "").replace(/^(["'])(.*)\1$/, "$2")]];
  });
}

/** `$A`, `${A}`, `${A:-default}` and `${A:+other}`; null when a variable has no value. */
function filled(word: string, args: ReadonlyMap<string, string>): string | null {
  let isOpen = false;
  const text = word
    .replace(/^(["'])(.*)\1$/, "$2")
    .replaceAll(
      /\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g,
      (
        _all,
        plain: string | undefined,
        braced: string | undefined,
        operator: string | undefined,
        other: string | undefined,
      ) => {
        const value = args.get(plain ?? braced ?? "") ?? "";
        if (operator === "+") return value === "" ? "" : (other ?? "");
        if (value !== "") return value;
        if (operator === "-") return other ?? "";
        isOpen = true;
        return "";
      },
    );
  return isOpen ? null : text;
}
