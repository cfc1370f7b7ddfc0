import type { TargetResult } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { seriesColor } from "../ui/swatch.tsx";
import { SeriesName } from "./series-name.tsx";

function orDash(value: number | null, text: (value: number) => string, why: string | undefined) {
  return value === null ? (
    <span className="muted" title={why ?? "not measured"}>
      –
    </span>
  ) : (
    text(value)
  );
}

/** The advised memory limit in MiB: Compose writes MiB as `m`. */
function advised(result: TargetResult, service: string): string | null {
  return (
    result.advice
      .find((advice) => advice.service === service && advice.key.includes("mem"))
      ?.proposed.replace(/^(\d+)m$/i, "$1") ?? null
  );
}

/** What each service used, what it may use, and what it should be allowed. */
export function VerdictServices({ result, order }: { result: TargetResult; order: readonly string[] }) {
  const names = [
    ...order.filter((name) => name in result.services),
    ...Object.keys(result.services).filter((name) => !order.includes(name)),
  ];
  const most = Math.max(1, ...names.map((name) => result.services[name]?.memoryPeakBytes ?? 0));
  return (
    <section className="panel scroll-x" aria-label="Services">
      <table className="table services">
        <thead>
          <tr>
            <th>Service</th>
            <th className="num">Peak, MiB</th>
            <th aria-label="Share of the largest" />
            <th className="num">Limit</th>
            <th className="num">Advised</th>
            <th className="num">CPU p95</th>
            <th className="num">Throttled</th>
            <th className="num">OOM</th>
            <th className="num">Restarts</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const service = result.services[name];
            if (service === undefined) return null;
            const index = order.indexOf(name);
            const peak = service.memoryPeakBytes;
            return (
              <tr key={name}>
                <td>
                  <SeriesName name={name} index={index} />
                </td>
                <td className="num">{orDash(peak, mibText, service.notMeasured.memoryPeakBytes)}</td>
                <td className="tiny">
                  <span className="use">
                    <i style={{ width: `${((peak ?? 0) / most) * 100}%`, background: seriesColor(index).line }} />
                  </span>
                </td>
                <td className={`num ${service.limits.memoryBytes === null ? "muted" : ""}`}>
                  {service.limits.memoryBytes === null ? "none" : mibText(service.limits.memoryBytes)}
                </td>
                <td className="num strong">{advised(result, name) ?? <span className="muted">–</span>}</td>
                <td className="num">
                  {orDash(
                    service.deviceCpuCores?.p95 ?? null,
                    (cores) => cores.toFixed(2),
                    service.notMeasured.deviceCpuCores,
                  )}
                </td>
                <td className="num">
                  {service.throttledSeconds === null ? (
                    <span className="muted" title={service.notMeasured.throttledSeconds ?? "no CPU limit of its own"}>
                      –
                    </span>
                  ) : (
                    `${service.throttledSeconds.toFixed(1)} s`
                  )}
                </td>
                <td className={`num ${service.oomKills ? "c-over strong" : "muted"}`}>
                  {orDash(service.oomKills, String, service.notMeasured.oomKills)}
                </td>
                <td className={`num ${service.restarts > 0 ? "" : "muted"}`}>{service.restarts}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
