import { CircleCheck, CircleQuestionMark, OctagonX } from "lucide-react";
import type { GateResult } from "../../shared/domain/index.ts";
import { Pill } from "../ui/pill.tsx";

const names: Record<GateResult["name"], string> = {
  memoryHeadroom: "Memory headroom",
  cpuHeadroom: "CPU headroom",
  cpuP99Cores: "CPU p99",
  growthBytesPerDay: "Growth",
  startupSeconds: "Start-up",
  memoryOverBaseline: "Memory over baseline",
};

function Passed({ passed }: Pick<GateResult, "passed">) {
  if (passed === null) return <Pill tone="unknown" icon={CircleQuestionMark} text="Unknown" />;
  return passed ? (
    <Pill tone="fits" icon={CircleCheck} text="Passed" />
  ) : (
    <Pill tone="over" icon={OctagonX} text="Failed" />
  );
}

/** What the team asks of a run besides, with how it did; nothing when nothing is asked. */
export function GateList({ gates }: { gates: readonly GateResult[] }) {
  if (gates.length === 0) return null;
  return (
    <section className="panel" aria-label="Gates">
      <header>
        <h2>Gates</h2>
        <span className="muted small">from bayplan.yaml</span>
      </header>
      <ul className="gates">
        {gates.map((gate) => (
          <li key={gate.name}>
            <b>{names[gate.name]}</b>
            <span>{gate.text}</span>
            <Passed passed={gate.passed} />
          </li>
        ))}
      </ul>
    </section>
  );
}
