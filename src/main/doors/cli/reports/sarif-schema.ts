import * as z from "zod";

/** The parts of SARIF 2.1.0 (OASIS) that Bayplan writes. A key that is none of the standard's is refused. */

const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(["none", "note", "warning", "error"]);

const region = z.strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1) });
const location = z.strictObject({
  physicalLocation: z.strictObject({
    /** A URI reference: relative ones start from the root of the repository. */
    artifactLocation: z.strictObject({ uri: z.string().regex(/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/) }),
    region,
  }),
});

const reportingDescriptor = z.strictObject({
  id: z.string().min(1),
  shortDescription: message,
  helpUri: z.url().optional(),
  help: message.optional(),
  defaultConfiguration: z.strictObject({ enabled: z.boolean(), level }),
});

const result = z.strictObject({
  ruleId: z.string().min(1),
  ruleIndex: z.int().min(0),
  level,
  message,
  /** Only one is allowed to those who show it. */
  locations: z.array(location).max(1),
});

const run = z
  .strictObject({
    tool: z.strictObject({
      driver: z.strictObject({ name: z.string().min(1), version: z.string(), rules: z.array(reportingDescriptor) }),
    }),
    columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
    results: z.array(result),
  })
  .refine(({ tool, results }) => results.every((one) => tool.driver.rules[one.ruleIndex]?.id === one.ruleId), {
    error: "ruleIndex must name the rule of ruleId",
  })
  .refine(({ tool: { driver } }) => new Set(driver.rules.map(({ id }) => id)).size === driver.rules.length, {
    error: "a rule stands twice",
  });

export const sarifSchema = z.strictObject({
  $schema: z.literal("https://json.schemastore.org/sarif-2.1.0.json"),
  version: z.literal("2.1.0"),
  runs: z.array(run),
});
export type Sarif = z.infer<typeof sarifSchema>;
