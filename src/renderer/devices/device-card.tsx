import { Check, Thermometer } from "lucide-react";
import type { Device } from "../../shared/domain/index.ts";
import { memoryUse } from "../../shared/format/bytes.ts";
import { coreCountText, coresText } from "../../shared/format/cores.ts";
import { useContainers } from "../app/containers-store.ts";
import { useHistory } from "../app/samples-store.ts";
import { countByState } from "../format/container-state.ts";
import { engineText } from "../format/engine.ts";
import { findingLabel, severityTone, worstFirst } from "../format/finding.ts";
import { Icon } from "../ui/icon.tsx";
import { Pill } from "../ui/pill.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Sparkline } from "../ui/sparkline.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";
import { CardHead } from "./card-head.tsx";
import { WhyList } from "./why-list.tsx";

/** How many seconds a sparkline shows. */
const sparkSeconds = 90;

function Meters({ device }: { device: Device }) {
  const history = useHistory(device.id);
  if (history === undefined) {
    return (
      <div className="meters waiting">
        <p className="caption">Memory</p>
        <p className="caption">CPU</p>
        <Skeleton width="100%" height={36} />
        <Skeleton width="100%" height={36} />
      </div>
    );
  }
  const { latest } = history;
  const memory = memoryUse(latest.memoryUsedBytes, latest.memoryTotalBytes);
  const cpu = latest.cpuCoresUsed;
  const cpuText = cpu === null ? "–" : coresText(cpu);
  const memoryLabel = `Memory ${memory.used} of ${memory.total} ${memory.unit}`;
  const cpuLabel = `CPU ${cpuText} of ${coreCountText(latest.cpuCores)} cores`;
  return (
    <div className="meters">
      <div>
        <p className="meter">
          <span>Memory</span>
          <span>
            <b>{memory.used}</b> of {memory.total} {memory.unit}
          </span>
        </p>
        <Sparkline
          values={history.memoryUsedBytes}
          limit={latest.memoryTotalBytes}
          slots={sparkSeconds}
          label={memoryLabel}
        />
      </div>
      <div>
        <p className="meter">
          <span>CPU</span>
          <span>
            <b>{cpuText}</b> of {coreCountText(latest.cpuCores)} {latest.cpuCores === 1 ? "core" : "cores"}
          </span>
        </p>
        <Sparkline values={history.cpuCoresUsed} limit={latest.cpuCores} slots={sparkSeconds} label={cpuLabel} />
      </div>
    </div>
  );
}

function Containers({ device }: { device: Device }) {
  const outcome = useContainers(device.id, device.state === "online");
  if (device.state === "engine-down") return <span className="c-tight">No engine answers</span>;
  if (outcome === undefined) return <Skeleton width={90} height={12} />;
  if (!outcome.ok) return <span className="c-tight clip">{outcome.failure.message}</span>;
  if (outcome.value.length === 0) return <span>No containers</span>;
  const counts = countByState(outcome.value);
  // Three words do not fit beside the temperature: then the shapes speak to the eye and the words to the ear.
  const terse = counts.length > 2;
  return (
    <ul className="counts">
      {counts.map(({ shape, word, count }) => (
        <li key={word} title={`${count} ${word}`}>
          <StateGlyph shape={shape} />
          {count}
          <span className={terse ? "unseen" : "word"}>{word}</span>
        </li>
      ))}
    </ul>
  );
}

function Temperature({ device }: { device: Device }) {
  const celsius = device.facts?.temperatureCelsius ?? null;
  if (celsius === null) return null;
  return (
    <span className={`temp ${celsius >= 80 ? "c-over strong" : ""}`}>
      <Icon of={Thermometer} size={14} />
      {celsius.toFixed(0)} °C
    </span>
  );
}

function Problems({ device }: { device: Device }) {
  const findings = worstFirst(device.findings).filter((finding) => finding.severity !== "info");
  if (findings.length === 0 && device.trouble === null) {
    return (
      <p className="fine">
        <Icon of={Check} size={14} />
        No findings
        <span className="push" />
        <span className="caption clip">{systemText(device)}</span>
      </p>
    );
  }
  return (
    <div className="problems">
      {device.trouble === null ? null : (
        <Pill tone="tight" text={device.trouble.message} title={device.trouble.hint ?? ""} />
      )}
      {findings.slice(0, 2).map((finding) => (
        <Pill
          key={finding.rule}
          tone={severityTone(finding.severity)}
          text={findingLabel(finding)}
          title={finding.message}
        />
      ))}
      {findings.length > 2 ? <span className="caption">and {findings.length - 2} more</span> : null}
    </div>
  );
}

/** The engine and the operating system, as far as they are known. */
function systemText({ engine, facts }: Device): string {
  return [engine === null ? null : engineText(engine), facts?.osName ?? null]
    .filter((part) => part !== null)
    .join(", ");
}

/** A device that answers: two live meters against their limits, its containers by state, and what it found. */
export function DeviceCard({ device }: { device: Device }) {
  const blind = useHistory(device.id) === undefined && device.state === "engine-down";
  return (
    <article className="panel card dev">
      <CardHead device={device} />
      {blind ? (
        <WhyList device={device} failure={device.trouble} otherwise="No container engine answers" />
      ) : (
        <>
          <Meters device={device} />
          <footer>
            <Containers device={device} />
            <Temperature device={device} />
          </footer>
          <div className="last">
            <Problems device={device} />
          </div>
        </>
      )}
    </article>
  );
}
