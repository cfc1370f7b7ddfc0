import { CircleQuestionMark, ShieldCheck, ShieldX } from "lucide-react";
import { type ScanResult, vulnerabilitySeverities } from "../../shared/domain/index.ts";
import { countText } from "../../shared/format/words.ts";
import { Icon } from "../ui/icon.tsx";

type Scanned = Extract<ScanResult, { state: "scanned" }>;

/** `2 critical, 5 high`; the worst first. */
function severityText({ vulnerabilities }: Scanned): string {
  const texts = vulnerabilitySeverities.flatMap((severity) => {
    const count = vulnerabilities.filter((known) => known.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return texts.length === 0 ? "nothing known" : texts.join(", ");
}

/** What a scanner said of the images: how much it knows, or why nothing was looked at. Each weakness is among the findings. */
export function ScanNote({ scan, isFailed }: { scan: ScanResult | null; isFailed: boolean }) {
  if (scan === null) {
    return isFailed ? null : (
      <p className="scan-note small muted" role="status">
        Scanning the images
      </p>
    );
  }
  if (scan.state === "not-scanned") {
    return (
      <p className="scan-note small" role="status">
        <Icon of={CircleQuestionMark} size={14} />
        <span>
          <b className="strong">Not scanned.</b> {scan.reason}
        </span>
      </p>
    );
  }
  const skipped = scan.images.filter(({ notScanned }) => notScanned !== null);
  const isClean = scan.vulnerabilities.length === 0 && skipped.length === 0;
  return (
    <div className="scan-note small" role="status">
      <Icon of={isClean ? ShieldCheck : ShieldX} size={14} className={isClean ? "c-fits" : "c-tight"} />
      <span>
        <b className="strong">
          {scan.scanner}: {severityText(scan)}
        </b>{" "}
        in {countText(scan.images.length - skipped.length, "image")}
        {scan.notListed > 0 ? `, and ${scan.notListed} that are not listed` : ""}.
        {skipped.map(({ image, notScanned }) => (
          <span key={image}>
            {" "}
            {image} was not scanned: {notScanned}
          </span>
        ))}
      </span>
    </div>
  );
}
