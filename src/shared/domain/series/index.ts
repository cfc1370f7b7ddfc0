export { maxRepeats, type SeriesId, type SeriesPlace, seriesIdSchema, seriesPlaceSchema } from "./place.ts";
export {
  type SeriesResult,
  type SeriesUpdate,
  seriesResult,
  seriesResultSchema,
  seriesUpdateSchema,
} from "./result.ts";
export { median, type Spread, spreadOf, spreadSchema } from "./spread.ts";
