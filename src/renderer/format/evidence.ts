/** The heading of a piece of evidence: what looked, as people call it. */
export function evidenceTitle(source: string): string {
  const [kind, ...rest] = source.split(" ");
  const name = rest.join(" ");
  switch (kind) {
    case "network":
      return "Network";
    case "system":
      return "This system";
    case "mdns":
      return name === "" ? "mDNS" : `mDNS on ${name}`;
    case "wifi":
      return "Wi-Fi";
    case "probe":
      return "Search";
    case "ssh-config":
      return "~/.ssh/config";
    case "saved":
      return "Remembered";
    default:
      return source;
  }
}

/** The detail as a sentence begins; the name of an interface stays as it is. */
export function evidenceDetail(source: string, detail: string): string {
  return /^(network|mdns)\b/.test(source) ? detail : detail.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
