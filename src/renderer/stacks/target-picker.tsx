import { useState } from "react";
import { bytesText } from "../../shared/format/bytes.ts";
import { coresWithUnit } from "../../shared/format/cores.ts";
import { client } from "../app/client.ts";
import { useDevices } from "../app/devices-store.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { FilterField } from "../ui/field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type Budgets, budgetBytesOf } from "./budgets/use-budgets.ts";
import { CustomTarget } from "./custom-target.tsx";
import type { DeclaredMemory } from "./declared-limits.ts";
import { byVendor, modelFacts, modelMatches } from "./model-facts.ts";
import { TargetRow } from "./target-row.tsx";
import { toggleNamed, useTargets } from "./targets-store.ts";

interface ListProps {
  declared: DeclaredMemory | null;
  budgets: Budgets;
  search: string;
}

function OnlineDevices({ declared, budgets, search }: ListProps) {
  const devices = useDevices((list) => list.devices);
  const named = useTargets((state) => state.named);
  const online = devices.filter(
    (device) =>
      device.facts !== null && device.state === "online" && device.name.toLowerCase().includes(search.toLowerCase()),
  );
  if (online.length === 0) return null;
  return (
    <>
      <h3>Devices</h3>
      <ul>
        {online.map((device) => (
          <TargetRow
            key={device.id}
            name={device.name}
            facts={
              device.facts === null
                ? ""
                : `${device.facts.model ?? device.facts.arch}, ${bytesText(device.facts.memoryTotalBytes)}, ${coresWithUnit(device.facts.cpuCores)}`
            }
            memoryBytes={budgetBytesOf(budgets, device.id)}
            declared={declared}
            chosen={named.includes(device.id)}
            onToggle={() => toggleNamed(device.id)}
          />
        ))}
      </ul>
    </>
  );
}

function Models({ declared, budgets, search }: ListProps) {
  const models = useAnswer("models", (signal) => client.models.list(undefined, { signal }));
  const named = useTargets((state) => state.named);
  if (models.failure !== null) {
    return (
      <FailureNote failure={models.failure}>
        <Button onClick={models.again}>Ask again</Button>
      </FailureNote>
    );
  }
  if (models.value === null) return <Skeleton width="100%" height={160} />;
  const shown = models.value.filter((model) => modelMatches(model, search) || named.includes(model.id));
  if (shown.length === 0)
    return <p className="muted none-found">No board matches “{search}”. Use Custom and give its figures.</p>;
  return byVendor(shown).map(([vendor, own]) => (
    <section key={vendor}>
      <h3>{vendor.replace(/[()]/g, "")}</h3>
      <ul>
        {own.map((model) => (
          <TargetRow
            key={model.id}
            name={model.name}
            facts={modelFacts(model)}
            memoryBytes={budgetBytesOf(budgets, model.id)}
            declared={declared}
            chosen={named.includes(model.id)}
            onToggle={() => toggleNamed(model.id)}
          />
        ))}
      </ul>
    </section>
  ));
}

/** Against what to measure: known devices, boards of the catalogue, or figures of one's own. */
export function TargetPicker({ declared, budgets }: Omit<ListProps, "search">) {
  const [search, setSearch] = useState("");
  return (
    <>
      <header>
        <h2>Targets</h2>
        <FilterField label="Find a board or device" value={search} onChange={setSearch} />
      </header>
      <div className="target-list">
        <ul>
          <CustomTarget />
        </ul>
        <OnlineDevices declared={declared} budgets={budgets} search={search} />
        <Models declared={declared} budgets={budgets} search={search} />
      </div>
    </>
  );
}
