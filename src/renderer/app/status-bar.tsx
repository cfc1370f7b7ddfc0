import { OctagonX, Radar, TriangleAlert } from "lucide-react";
import type { DiscoveryEvidence, HostInfo } from "../../shared/domain/index.ts";
import { bytesText } from "../../shared/format/bytes.ts";
import { coresWithUnit } from "../../shared/format/cores.ts";
import { engineText } from "../format/engine.ts";
import { Icon } from "../ui/icon.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";
import { useHost } from "./host-store.ts";

function Engine({ info }: { info: HostInfo }) {
  if (info.engine === null) {
    const hint = [info.engineFailure?.message, info.engineFailure?.hint].filter(Boolean).join(" ");
    return (
      <span className="item c-over" title={hint}>
        <Icon of={OctagonX} size={14} />
        No engine on this machine
      </span>
    );
  }
  return (
    <>
      <span className="item">
        <StateGlyph shape="run" />
        {engineText(info.engine)} on this machine
      </span>
      <span className="sep only-wide" />
      <span className="item only-wide">
        {coresWithUnit(info.cpus)}, {bytesText(info.memoryBytes)}, cgroup v{info.engine.cgroupVersion}
      </span>
    </>
  );
}

/** The sources of discovery in one phrase; the details are in the tooltip and on the empty page. */
function discoveryText(evidence: readonly DiscoveryEvidence[]): string {
  const on = evidence.filter(({ source, state }) => state !== "off" && /^(mdns|probe|ssh-config)\b/.test(source));
  const failed = on.filter((source) => source.state === "failed").length;
  if (on.length === 0) return "Discovery is off";
  if (failed === on.length) return "Discovery cannot listen";
  if (failed > 0) return `Discovery: ${on.length - failed} of ${on.length} sources work`;
  return `Discovery: ${on.length} ${on.length === 1 ? "source listens" : "sources listen"}`;
}

/** Facts of this machine in one line: what measures, and who listens. */
export function StatusBar() {
  const info = useHost((host) => host.info);
  const failed = info?.discovery.some((source) => source.state === "failed") ?? false;
  return (
    <footer className="status">
      {info === null ? (
        <span className="item muted">Asking this machine</span>
      ) : (
        <>
          <Engine info={info} />
          <span
            className={`item push ${failed ? "c-tight" : ""}`}
            title={info.discovery.map((source) => `${source.source}: ${source.detail}`).join("\n")}
          >
            <Icon of={failed ? TriangleAlert : Radar} size={14} />
            {discoveryText(info.discovery)}
          </span>
        </>
      )}
    </footer>
  );
}
