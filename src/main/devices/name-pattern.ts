/** `*` stands for any text and `?` for one character (ssh_config(5), PATTERNS). Walks once, so no pattern is slow. */
export function patternMatches(pattern: string, name: string): boolean {
  let at = 0;
  let inPattern = 0;
  let starAt = -1;
  let starFrom = 0;
  while (at < name.length) {
    const char = pattern[inPattern];
    if (char === "*") {
      starAt = inPattern;
      starFrom = at;
      inPattern += 1;
    } else if (char === "?" || char === name[at]) {
      inPattern += 1;
      at += 1;
    } else if (starAt >= 0) {
      inPattern = starAt + 1;
      starFrom += 1;
      at = starFrom;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === "*") inPattern += 1;
  return inPattern === pattern.length;
}
