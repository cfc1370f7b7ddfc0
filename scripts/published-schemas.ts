import * as z from "zod";
import {
  comparisonSchema,
  fitMatrixSchema,
  profileResultSchema,
  seriesResultSchema,
  targetResultSchema,
} from "../src/shared/domain/index.ts";

const { budget, envelope, stack, services } = targetResultSchema.shape;

/** The JSON that other programs may rely on, by the name of the schema's file. Fields are only ever added. */
export function publishedSchemas(): Record<string, unknown> {
  // The first target is repeated at the top, as `bayplan profile --json` prints it.
  const series = seriesResultSchema.optional();
  const profile = profileResultSchema.extend({ budget, envelope, stack, services, series });
  return {
    "profile-v1.json": describe(profile, "bayplan profile --json, version 1"),
    "fit-v1.json": describe(fitMatrixSchema, "bayplan fit --json, version 1"),
    "compare-v1.json": describe(comparisonSchema, "bayplan compare --json, version 1"),
  };
}

function describe(schema: z.ZodType, title: string): unknown {
  const json = z.toJSONSchema(schema, {
    io: "output",
    reused: "ref",
    // A reader of today's schema must not stumble over the fields of a later version.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { title, ...json };
}
