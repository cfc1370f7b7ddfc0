/**
 * Text as it may stand in XML or HTML, in an element and in a quoted attribute. What XML 1.0 has no place for (most control
 * characters, half surrogates) becomes U+FFFD: names and messages of a stack may hold anything.
 */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (char) => (char === "\n" || char === "\t" ? char : "\ufffd"))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
