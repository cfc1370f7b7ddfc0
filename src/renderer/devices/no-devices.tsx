import { CircleCheck, CircleQuestionMark, OctagonX, Play, Plus, Radar } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { DEFAULT_PROBE_PORTS, type DiscoveryEvidence } from "../../shared/domain/index.ts";
import { probeSeconds } from "../../shared/format/probe.ts";
import { clockText } from "../../shared/format/time.ts";
import { client } from "../app/client.ts";
import { EngineNote } from "../app/engine-note.tsx";
import { useHost } from "../app/host-store.ts";
import { paths } from "../app/paths.ts";
import { useAnswer } from "../app/use-answer.ts";
import { useNow } from "../app/use-now.ts";
import { evidenceDetail, evidenceTitle } from "../format/evidence.ts";
import { Button } from "../ui/button.tsx";
import { Icon, type LucideIcon } from "../ui/icon.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

const looks: Record<DiscoveryEvidence["state"], { icon: LucideIcon; tone: string; word: string }> = {
  working: { icon: CircleCheck, tone: "c-fits", word: "works" },
  "nothing-heard": { icon: Radar, tone: "c-unknown", word: "nothing heard" },
  failed: { icon: OctagonX, tone: "c-over", word: "failed" },
  off: { icon: CircleQuestionMark, tone: "c-unknown", word: "off" },
};

interface NoDevicesProps {
  onAdd: () => void;
  onSearch: () => void;
  children?: ReactNode;
}

/** Why the wall is empty, with evidence, and what to do about it. */
export function NoDevices({ onAdd, onSearch, children }: NoDevicesProps) {
  const info = useHost((host) => host.info);
  const now = useNow(1_000);
  const listening = info?.listeningSinceMs ?? null;
  const plan = useAnswer("plan", (signal) =>
    client.devices.probePlan({ subnets: null, ports: [...DEFAULT_PROBE_PORTS] }, { signal }),
  );
  const [subnet, ...others] = plan.value?.subnets ?? [];
  return (
    <div className="content stacked">
      <section className="panel nothing">
        <div>
          <h1>No devices yet</h1>
          <p className="soft">
            {listening === null
              ? "Bayplan is not listening on the network."
              : `Bayplan has listened for ${clockText(now - listening)} and heard nothing it can manage. Most Raspberry Pis do not announce themselves, so this is common.`}
          </p>
          <ul className="evidence">
            {info === null ? (
              <li>
                <Skeleton width={16} height={16} />
                <Skeleton width={90} height={12} />
                <Skeleton width="70%" height={12} />
              </li>
            ) : (
              info.discovery.map((source) => (
                <li key={source.source}>
                  <span className={looks[source.state].tone}>
                    <Icon of={looks[source.state].icon} />
                  </span>
                  <b>
                    {evidenceTitle(source.source)}
                    <span className="unseen">{looks[source.state].word}</span>
                  </b>
                  <span>
                    {evidenceDetail(source.source, source.detail)}
                    {source.hint === null ? null : <span className="hint">{source.hint}</span>}
                  </span>
                  {source.source === "probe" ? (
                    <button type="button" className="link" onClick={onSearch}>
                      Search
                    </button>
                  ) : null}
                </li>
              ))
            )}
          </ul>
          {children}
        </div>
        <div className="next">
          <h2>What to do</h2>
          <Button look="primary" icon={Radar} onClick={onSearch}>
            {subnet === undefined || others.length > 0 ? "Search the network" : `Search ${subnet.cidr}`}
          </Button>
          <p>
            {plan.value === null
              ? "It knocks on the SSH ports of a network that you name."
              : `About ${probeSeconds(plan.value)} s. Your network team may notice.`}
          </p>
          <Button icon={Plus} onClick={onAdd}>
            Add by address
          </Button>
          <p>user@host, or user@host:port.</p>
          <Link className="btn" to={paths.sample}>
            <Icon of={Play} size={14} />
            Try the sample stack
          </Link>
          <p>Measuring whether a stack fits needs no device.</p>
        </div>
      </section>
      <EngineNote />
    </div>
  );
}
