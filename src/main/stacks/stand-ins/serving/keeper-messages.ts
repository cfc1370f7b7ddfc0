import * as z from "zod";
import { failureSchema } from "../../../../shared/domain/index.ts";
import { servingPlanSchema } from "./serving-plan.ts";

/** The first line that a keeper reads. */
export const keeperJobSchema = z.object({ plan: servingPlanSchema });

/** The second one: the stack is up, and the keeper is on its own from now on. */
export const keepLine = "keep";

/** The one line that a keeper writes. */
export const keeperAnswerSchema = z.union([
  z.object({ ready: z.object({ pacUrl: z.string().nullable() }) }),
  z.object({ failure: failureSchema }),
]);
