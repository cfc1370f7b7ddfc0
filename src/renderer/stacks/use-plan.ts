import { useEffect } from "react";
import type { OpenedStack, RunPlan } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { type Answer, useAnswer } from "../app/use-answer.ts";
import { followPlan } from "./targets-store.ts";

/** How `bayplan.yaml` beside a stack says it is measured; read again with the stack, chosen once for each stack. */
export function usePlan(path: string, opened: OpenedStack): Answer<RunPlan> {
  const files = opened.files.map((file) => file.path).join(" ");
  const plan = useAnswer(`${path} ${files}`, (signal) => client.runs.plan({ path }, { signal }));
  const { value } = plan;
  useEffect(() => {
    if (value !== null) followPlan(path, value);
  }, [path, value]);
  return plan;
}
