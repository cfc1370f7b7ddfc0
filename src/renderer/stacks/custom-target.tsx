import { TextField } from "../ui/field.tsx";
import { checkCustom, useTargets } from "./targets-store.ts";

/** A budget of one's own: memory and CPU. */
export function CustomTarget() {
  const customOn = useTargets((state) => state.customOn);
  const custom = useTargets((state) => state.custom);
  const check = checkCustom(custom);
  const problemOf = (field: "memoryMiB" | "cpuCores") => (!check.ok && check.field === field ? check.problem : null);
  return (
    <li className={customOn ? "target chosen" : "target"}>
      <label>
        <input type="checkbox" checked={customOn} onChange={() => useTargets.setState({ customOn: !customOn })} />
        <span className="grow">
          <span className="target-name">Custom</span>
          <span className="target-facts">
            {customOn ? "A budget of your own" : `${custom.memoryMiB || "no"} MiB, ${custom.cpuCores || "no"} cores`}
          </span>
        </span>
      </label>
      {customOn ? (
        <div className="custom">
          <TextField
            label="Memory"
            unit="MiB"
            inputMode="decimal"
            value={custom.memoryMiB}
            onChange={(memoryMiB) => useTargets.setState({ custom: { ...custom, memoryMiB } })}
            problem={problemOf("memoryMiB")}
          />
          <TextField
            label="CPU"
            unit="cores"
            inputMode="decimal"
            value={custom.cpuCores}
            onChange={(cpuCores) => useTargets.setState({ custom: { ...custom, cpuCores } })}
            problem={problemOf("cpuCores")}
          />
        </div>
      ) : null}
    </li>
  );
}
