import * as z from "zod";

/** The most measured runs that one series may have. */
export const maxRepeats = 50;

export const seriesIdSchema = z
  .string()
  .max(64)
  .regex(/^[0-9A-Za-z-]+$/)
  .brand<"SeriesId">();
export type SeriesId = z.infer<typeof seriesIdSchema>;

/** Which of the runs of one request a run is: `index` counts from 1. */
export const seriesPlaceSchema = z.object({
  id: seriesIdSchema,
  index: z.int().positive(),
  of: z.int().positive(),
});
export type SeriesPlace = z.infer<typeof seriesPlaceSchema>;
