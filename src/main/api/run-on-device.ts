import {
  type Budget,
  type Finding,
  type Load,
  loadName,
  type OpenedStack,
  type ProfileResult,
  type Rules,
  type RunRecord,
  type RunRequest,
  runIdSchema,
  type Stack,
} from "../../shared/domain/index.ts";
import {
  type LiveDevice,
  modelOfDevice,
  type ProfileRequest,
  profileOnDevice,
  refuseWhatIsUp,
} from "../profiling/index.ts";
import { requireStack, runCopy } from "../stacks/index.ts";
import { budgetOfKnown, type Known } from "./budgets.ts";
import type { DeviceDebts } from "./device-debts.ts";
import { builtFor } from "./stack-handlers.ts";

/** A run on a device, checked as far as can be before it begins. */
export interface RunThere {
  stack: Stack;
  budgets: Budget[];
  findings: Finding[];
  on: NonNullable<RunRecord["on"]>;
  /** Measures it and takes everything away again, at the latest with the next connection. */
  profile: (asked: Omit<ProfileRequest, "engine">) => Promise<ProfileResult>;
}

export type PrepareThere = (
  name: string,
  wanted: { request: RunRequest; opened: OpenedStack; rules: Rules },
) => Promise<RunThere>;

/** What is missing on this machine says nothing about a device. */
const missingHere = "compose.missing-bind";

/** Load is made from this machine against its own engine; what a device would get of it comes over another network. */
export function notMadeThere(loads: readonly Load[]): Finding[] {
  if (loads.length === 0) return [];
  const names = loads.map(loadName).join(", ");
  const message = `The load of bayplan.yaml (${names}) is not made on a device: this run is without it.`;
  const hint = "A service with `x-bayplan: {load: true}` goes to the device with the stack.";
  return [{ rule: "load.not-made", severity: "warning", message, hint, place: null }];
}

/** Throws what explains the device's state, `not-found`, and what reading the stack throws. */
export async function prepareThere(
  name: string,
  { request, opened, rules }: { request: RunRequest; opened: OpenedStack; rules: Rules },
  { debts, ...known }: Known & { debts: DeviceDebts },
): Promise<RunThere> {
  const { fleet } = known;
  const { id } = fleet.find(name);
  const reach = async (): Promise<LiveDevice> => ({
    connection: await fleet.connectionOf(id),
    engine: await fleet.engineOf(id),
  });
  const { engine } = await reach();
  // What an earlier run has left there would stand in the way of this one.
  await debts.pay(id);
  const device = fleet.find(id);
  const model = (await modelOfDevice(device))?.id ?? null;
  const stack = await builtFor(opened, { model, engine });
  await refuseWhatIsUp(engine, { stack, device: device.name, beside: request.beside ?? false });
  return {
    stack,
    budgets: [await budgetOfKnown(device, {}, known, rules)],
    findings: opened.findings.filter(({ rule }) => rule !== missingHere),
    on: { deviceId: id, name: device.name, modelId: model },
    profile: async ({ targets: _, onRecord, onSamples, onEvents, onObservation, signal, ...asked }) => {
      const nothing = () => undefined;
      const project = runCopy(requireStack(opened), asked.runId).name;
      return debts.whileOwing(id, { kind: "run", runId: runIdSchema.parse(asked.runId), project }, () =>
        profileOnDevice({
          ...asked,
          device,
          link: { name: device.name, reach },
          budgetOf: (use) => budgetOfKnown(fleet.find(id), use, known, rules),
          beside: request.beside ?? false,
          onRecord: onRecord ?? nothing,
          onSamples: onSamples ?? nothing,
          onEvents: onEvents ?? nothing,
          onPhase: (phase) => onRecord?.({ phase }),
          onObservation: onObservation ?? nothing,
          signal: signal ?? new AbortController().signal,
        }),
      );
    },
  };
}
