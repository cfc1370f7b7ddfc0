import { useMemo } from "react";
import type { RunSample, RunTarget, Stack } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { clockText } from "../../shared/format/time.ts";
import { Swatch } from "../ui/swatch.tsx";
import { peakOf } from "./run-series.ts";

interface LiveServicesProps {
  services: readonly string[];
  samples: readonly RunSample[];
  cursor: RunSample | null;
  stack: Stack | null;
  target: RunTarget;
}

function text(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? "–" : mibText(bytes);
}

/** Memory of each service now (or under the cursor), at its peak, and its own limit, in the order of the areas. */
export function LiveServices({ services, samples, cursor, stack, target }: LiveServicesProps) {
  const peaks = useMemo(
    () =>
      new Map(services.map((name) => [name, peakOf(samples, (sample) => sample.services[name]?.memoryBytes ?? null)])),
    [services, samples],
  );
  const stackPeak = useMemo(() => peakOf(samples, (sample) => sample.memoryBytes), [samples]);
  const at = cursor ?? samples.at(-1) ?? null;
  const limitOf = (name: string) =>
    stack?.services.find((service) => service.name === name)?.limits.memoryBytes ?? null;
  return (
    <table className="service-table">
      <thead>
        <tr>
          <th>Memory, MiB</th>
          <th>{cursor === null ? "now" : clockText(cursor.atMs)}</th>
          <th>peak</th>
          <th>limit</th>
        </tr>
      </thead>
      <tbody>
        {services
          .map((name, index) => ({ name, index }))
          .reverse()
          .map(({ name, index }) => (
            <tr key={name}>
              <td>
                <span className="row">
                  <Swatch index={index} />
                  <span className="clip">{name}</span>
                </span>
              </td>
              <td>{text(at?.services[name]?.memoryBytes)}</td>
              <td>{text(peaks.get(name)?.value)}</td>
              <td className="muted">{limitOf(name) === null ? "none" : text(limitOf(name))}</td>
            </tr>
          ))}
        <tr className="sum">
          <td>Stack</td>
          <td>{text(at?.memoryBytes)}</td>
          <td>{text(stackPeak?.value)}</td>
          <td>{target.memoryBytes === null ? "none" : text(target.memoryBytes)}</td>
        </tr>
      </tbody>
    </table>
  );
}
