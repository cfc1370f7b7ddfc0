/** What is written down about a lab, so that another process can attach to it or tear it down. */
import { z } from "zod";

export const processIdSchema = z.object({ pid: z.number().int(), startTime: z.number(), bootId: z.string() });
