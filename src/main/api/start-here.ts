import type { Budget, Finding, OpenedStack, Substitution } from "../../shared/domain/index.ts";
import { type Engine, localEmulation, openLocalEngine, type Progress } from "../engines/index.ts";
import { type Board, needsServing, prepareHere, startKeeper, startStack } from "../stacks/index.ts";
import { currentOwner } from "../store/index.ts";

export interface HereWishes {
  desktop: boolean;
  removeOrphans: boolean;
  platform: string | null;
  onProgress: Progress;
  signal: AbortSignal;
}

/** A stack that is up on this machine. */
export interface UpHere {
  services: { name: string; containers: string[] }[];
  /** Of reading the file, and of how it runs. */
  findings: Finding[];
  substitutions: Substitution[];
  pacUrl: string | null;
}

/**
 * Starts a stack on this machine's engine, with what stands in for what is not here. Who serves that goes on until the
 * stack is down, and goes with it when it does not come up.
 */
export async function startHere(opened: OpenedStack, { desktop, ...wishes }: HereWishes): Promise<UpHere> {
  const engine = await openLocalEngine();
  try {
    const board = await boardOf([], engine);
    const { stack, substitutions, findings, plan } = await prepareHere({
      opened,
      desktop,
      board,
      environment: process.env,
    });
    const keeper = needsServing(plan) ? await startKeeper(plan) : null;
    try {
      const owner = currentOwner();
      const running = await startStack({
        engine,
        stack,
        owner,
        until: "healthy",
        emulation: localEmulation,
        ...wishes,
      });
      running.close();
      await keeper?.keep();
      const services = [...running.services].map(([name, { containerIds }]) => ({
        name,
        containers: [...containerIds],
      }));
      return { services, findings, substitutions, pacUrl: keeper?.pacUrl ?? null };
    } finally {
      await keeper?.end();
    }
  } finally {
    engine.close();
  }
}

/** What a stack is to think it runs on: the one model that it is judged for, else a machine such as this one. */
export async function boardOf(budgets: readonly Budget[], engine: Engine): Promise<Board> {
  const [first, ...others] = budgets;
  const model = first?.kind === "model" && others.length === 0 ? first.label : null;
  const platforms = new Set(budgets.map(({ platform }) => platform));
  const platform = platforms.size === 1 ? (first?.platform ?? null) : null;
  return { model, platform: platform ?? (await engine.info()).platform };
}
