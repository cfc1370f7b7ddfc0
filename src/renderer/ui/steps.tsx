import { Check } from "lucide-react";
import { Icon } from "./icon.tsx";

export interface Step {
  name: string;
  state: "done" | "now" | "also" | "later";
  note?: string;
  href?: string;
}

/** Where one is in a flow; a finished step leads back to itself. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step, index) => {
        const inside = (
          <>
            <span className="n">{step.state === "done" ? <Icon of={Check} size={12} /> : index + 1}</span>
            {step.name}
            {step.note === undefined ? null : <span className="aside">{step.note}</span>}
          </>
        );
        return (
          <li key={step.name} className={step.state} aria-current={step.state === "now" ? "step" : undefined}>
            {step.href === undefined ? (
              <span className="step">{inside}</span>
            ) : (
              <a className="step" href={step.href}>
                {inside}
              </a>
            )}
          </li>
        );
      })}
    </ol>
  );
}
