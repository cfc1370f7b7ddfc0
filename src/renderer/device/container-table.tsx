import { Fragment, type ReactNode } from "react";
import type { Container, ContainerSample, Device } from "../../shared/domain/index.ts";
import { bytesText, mibText } from "../../shared/format/bytes.ts";
import { coreCountText, coresText } from "../../shared/format/cores.ts";
import { ageText } from "../../shared/format/time.ts";
import { useHistory } from "../app/samples-store.ts";
import { useNow } from "../app/use-now.ts";
import { containerWords, countByState } from "../format/container-state.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Pill } from "../ui/pill.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";
import { Swatch } from "../ui/swatch.tsx";
import { UseBar } from "../ui/use-bar.tsx";
import { ContainerDialogs } from "./container-actions/container-dialogs.tsx";
import { ContainerMenu } from "./container-actions/container-menu.tsx";
import { useContainerActions } from "./container-actions/use-container-actions.ts";
import { groupByStack, portEntries, portsText } from "./container-groups.ts";
import { OpenPortsBar } from "./open-ports-bar.tsx";
import { useOpenPorts } from "./use-open-ports.ts";

interface RowProps {
  container: Container;
  index: number;
  sample: ContainerSample | undefined;
  nowMs: number;
  chosen: boolean;
  onToggle: () => void;
  onOpenPort: (port: number) => void;
  /** Its actions; null while the device cannot be asked. */
  menu: ReactNode;
}

function Notes({ container }: { container: Container }) {
  return (
    <span className="row">
      {container.oomKilled ? <Pill tone="over" text="OOM killed" /> : null}
      {container.health === "unhealthy" ? <Pill tone="tight" text="unhealthy" /> : null}
      {container.health === "starting" ? <Pill text="starting" /> : null}
      {container.health === "healthy" ? <Pill tone="fits" text="healthy" /> : null}
      {container.restarts > 0 ? (
        <Pill text={`${container.restarts} ${container.restarts === 1 ? "restart" : "restarts"}`} />
      ) : null}
      {container.state === "exited" && container.exitCode !== null ? (
        <span className="caption">exit {container.exitCode}</span>
      ) : null}
    </span>
  );
}

/** Published ports are buttons: one opens it on this machine, through SSH. */
function PortList({ container, onOpen }: { container: Container; onOpen: (port: number) => void }) {
  return portEntries(container).map(({ text, opens }, index) => (
    <Fragment key={text}>
      {index === 0 ? "" : ", "}
      {opens === null || container.state !== "running" ? (
        text
      ) : (
        <button type="button" className="port" title="Open it here, through SSH" onClick={() => onOpen(opens)}>
          {text}
        </button>
      )}
    </Fragment>
  ));
}

function Row({ container, index, sample, nowMs, chosen, onToggle, onOpenPort, menu }: RowProps) {
  const { shape, word } = containerWords(container);
  const name = container.service ?? container.name;
  const running = container.state === "running";
  const memory = running ? (sample?.memoryBytes ?? null) : null;
  // A kernel that counts no memory for containers enforces no limit either.
  const unlimited = sample?.memorySource === "rss";
  const limit = unlimited ? null : (sample?.memoryLimitBytes ?? container.memoryLimitBytes);
  const cpu = running ? (sample?.cpuCores ?? null) : null;
  const cpuLimit = sample?.cpuLimitCores ?? container.cpuLimitCores;
  const since = running ? container.startedAtMs : container.finishedAtMs;
  return (
    <tr>
      <td>
        <button
          type="button"
          className="name"
          aria-pressed={chosen}
          title={chosen ? "Hide its log" : "Show its log"}
          onClick={onToggle}
        >
          <StateGlyph shape={shape} />
          <span className="unseen">{word}</span>
          <Swatch index={index} />
          <span className="clip">{name}</span>
        </button>
      </td>
      <td className="image clip soft" title={container.image}>
        {container.image}
      </td>
      <td className={running ? "" : "quiet"}>
        {since === null
          ? container.state === "paused"
            ? word
            : "–"
          : running
            ? ageText(nowMs - since)
            : `${word} ${ageText(nowMs - since)}`}
      </td>
      <td>
        <UseBar
          used={memory}
          limit={limit}
          label={
            unlimited
              ? "memory of its processes; the device enforces no limit"
              : limit === null
                ? "no memory limit"
                : memory === null
                  ? "not measured"
                  : `${bytesText(memory)} of ${bytesText(limit)}`
          }
        />
      </td>
      <td className="num">{memory === null ? <span className="quiet">–</span> : mibText(memory)}</td>
      <td
        className={`num ${limit === null ? "quiet" : "soft"}`}
        {...(unlimited ? { title: "The kernel of this device enforces no memory limit." } : {})}
      >
        {unlimited ? "off" : limit === null ? "none" : mibText(limit)}
      </td>
      <td className="num">{cpu === null ? <span className="quiet">–</span> : coresText(cpu, 2)}</td>
      <td className={`num ${cpuLimit === null ? "quiet" : "soft"}`}>
        {cpuLimit === null ? "none" : coreCountText(cpuLimit)}
      </td>
      <td className="soft ports clip" title={portsText(container)}>
        <PortList container={container} onOpen={onOpenPort} />
      </td>
      <td>
        <Notes container={container} />
      </td>
      <td className="acts">{menu}</td>
    </tr>
  );
}

interface ContainerTableProps {
  device: Device;
  /** When the containers were read, where they cannot be read now. */
  staleSinceMs: number | null;
  containers: readonly Container[];
  chosen: ReadonlySet<string>;
  onToggle: (containerId: string) => void;
}

/** Every container of a device by stack, its use beside its limit. */
export function ContainerTable({ device, containers, staleSinceMs, chosen, onToggle }: ContainerTableProps) {
  const samples = useHistory(device.id)?.containers;
  const ports = useOpenPorts(device);
  const actions = useContainerActions(device);
  const nowMs = useNow(1_000);
  const indexOf = new Map(containers.map((container, index) => [container.id, index]));
  return (
    <section className="panel containers" aria-label="Containers">
      <div className="scroll-x">
        <table className="table">
          <thead>
            <tr>
              <th>Container</th>
              <th className="image">Image</th>
              <th>Up</th>
              <th>Memory, of limit</th>
              <th className="num">MiB</th>
              <th className="num">Limit</th>
              <th className="num">CPU</th>
              <th className="num">Limit</th>
              <th className="ports">Ports</th>
              <th>Health</th>
              <th>
                <span className="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          {groupByStack(containers).map((group) => (
            <tbody key={group.stack ?? ""}>
              <tr className="group">
                <th colSpan={11} scope="rowgroup">
                  <b className="strong">{group.stack ?? "No stack"}</b>{" "}
                  {countByState(group.containers)
                    .map(({ count, word }) => `${count} ${word}`)
                    .join(", ")}
                </th>
              </tr>
              {group.containers.map((container) => (
                <Row
                  key={container.id}
                  container={container}
                  index={indexOf.get(container.id) ?? 6}
                  sample={samples?.get(container.id)}
                  nowMs={nowMs}
                  chosen={chosen.has(container.id)}
                  onToggle={() => onToggle(container.id)}
                  onOpenPort={(port) => ports.open(container, port)}
                  menu={
                    staleSinceMs === null ? (
                      <ContainerMenu
                        device={device}
                        container={container}
                        onChoose={(action) => actions.choose(container, action)}
                      />
                    ) : null
                  }
                />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {staleSinceMs === null ? null : (
        <p className="caption stale">
          As they were {ageText(nowMs - staleSinceMs)} ago: the device cannot be asked now.
        </p>
      )}
      <ContainerDialogs device={device} asked={actions.asked} onClose={actions.close} />
      {actions.failure === null ? null : <FailureNote failure={actions.failure} tone="tight" />}
      {ports.failure === null ? null : <FailureNote failure={ports.failure} tone="tight" />}
      <OpenPortsBar ports={ports.ports} containers={containers} onClose={ports.close} />
    </section>
  );
}
