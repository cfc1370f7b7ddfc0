import { AppError, type Stack } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import { projectLabel, runLabel } from "../../stacks/index.ts";

/**
 * Refuses a device on which another run measures, and one on which the same stack is up already, unless it is to be measured
 * beside that. Throws `conflict`.
 */
export async function refuseWhatIsUp(
  engine: Engine,
  { stack, device, beside }: { stack: Stack; device: string; beside: boolean },
): Promise<void> {
  const runs = (await engine.listByLabel(runLabel)).containers.filter(({ running }) => running);
  if (runs.length > 0) {
    const names = runs.map(({ name }) => name).join(", ");
    throw new AppError("conflict", `Another run measures on ${device}: ${names}.`, {
      hint: "Wait until it has ended. If nobody measures there, remove these containers.",
    });
  }
  if (beside) return;
  const up = (await engine.listByLabel(projectLabel(stack.name))).containers.filter(({ running }) => running);
  if (up.length === 0) return;
  const count = up.length === 1 ? "one container runs" : `${up.length} containers run`;
  throw new AppError("conflict", `The stack ${stack.name} is up on ${device} already: ${count}.`, {
    hint: "Take it down first (bayplan down FILE --on DEVICE), or measure beside it with --beside: it then counts as another stack.",
  });
}
