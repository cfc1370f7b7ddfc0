/** Names whose value is nobody's business. Rather one too many: a person sees the value in an editor. */
export const secretName = /PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|CERT|SALT|DSN/i;
/** A key in a value of any name. */
const keyBlock = /-----BEGIN /;
/** `postgres://user:password@host`, likewise. */
export const loginInAddress = /(\w:\/\/[^\s/@:]*:)[^\s/@]+(?=@)/g;
const ends = { '"': /(?:^|[^\\])"/, "'": /'/ };

export const hidden = "••••••";

/**
 * The text of a file of variables with the values that look like secrets hidden. Lines keep their numbers; a value in
 * quotes may go over several.
 */
export function hideSecrets(text: string): { text: string; hiddenValues: number } {
  let hiddenValues = 0;
  let open: '"' | "'" | null = null;
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (open !== null) {
      const isLast: boolean = ends[open].test(line);
      lines.push(isLast ? hidden + open : hidden);
      if (isLast) open = null;
      continue;
    }
    const [, before = "", name = "", value = ""] = /^(\s*(?:export\s+)?([^\s=:#]+)\s*[=:]\s*)(.*)$/.exec(line) ?? [];
    if (value.trim() !== "" && (secretName.test(name) || keyBlock.test(value))) {
      hiddenValues += 1;
      const quote = value.startsWith('"') ? '"' : value.startsWith("'") ? "'" : null;
      open = quote !== null && !ends[quote].test(value.slice(1)) ? quote : null;
      lines.push(before + (quote ?? "") + hidden + (open === null ? (quote ?? "") : ""));
      continue;
    }
    lines.push(
      line.replace(loginInAddress, (_, start: string) => {
        hiddenValues += 1;
        return start + hidden;
      }),
    );
  }
  return { text: lines.join("\n"), hiddenValues };
}
