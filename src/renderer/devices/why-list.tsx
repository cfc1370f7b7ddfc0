import type { Device, Failure } from "../../shared/domain/index.ts";
import { ageText, momentText } from "../../shared/format/time.ts";
import { useNow } from "../app/use-now.ts";

/** When a device was last heard, what stands in the way now, and what to do about it. */
export function WhyList({
  device,
  failure,
  otherwise,
}: {
  device: Device;
  failure: Failure | null;
  otherwise: string;
}) {
  const now = useNow(1_000);
  const hint = failure?.hint ?? null;
  return (
    <dl className="reasons">
      <dt>Last seen</dt>
      <dd>
        {device.lastSeenAtMs === null
          ? "not since this start"
          : `${momentText(device.lastSeenAtMs, now)}, ${ageText(now - device.lastSeenAtMs)} ago`}
      </dd>
      <dt>Now</dt>
      <dd className="two" title={failure?.message}>
        {failure?.message ?? otherwise}
      </dd>
      {hint === null ? null : (
        <>
          <dt>Try</dt>
          <dd className="two" title={hint}>
            {hint}
          </dd>
        </>
      )}
    </dl>
  );
}
