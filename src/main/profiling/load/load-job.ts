import * as z from "zod";
import { latencySchema } from "../../../shared/domain/index.ts";

const rate = z.number().positive();
const target = { host: z.string(), port: z.int() };

/** What the process that makes load is told: one load, with where its target is reached. It comes over a pipe, since it may hold secrets. */
export const loadJobSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("http"),
    ...target,
    path: z.string(),
    method: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
    rate,
    connections: z.int().positive(),
  }),
  z.object({
    kind: z.literal("mqtt"),
    ...target,
    topic: z.string(),
    payload: z.string().nullable(),
    bytes: z.int().nonnegative(),
    rate,
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    clients: z.int().positive(),
    username: z.string().nullable(),
    password: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("script"),
    run: z.array(z.string()).min(1),
    folder: z.string(),
    environment: z.record(z.string(), z.string()),
  }),
]);
export type LoadJob = z.infer<typeof loadJobSchema>;
export type HttpJob = Extract<LoadJob, { kind: "http" }>;
export type MqttJob = Extract<LoadJob, { kind: "mqtt" }>;
export type ScriptJob = Extract<LoadJob, { kind: "script" }>;

/** A line that it is sent: the job, then a mark where its figures begin anew. The end of the pipe ends it. */
export const loadOrderSchema = z.union([z.object({ job: loadJobSchema }), z.object({ mark: z.literal(true) })]);

/** What was seen since the last mark. */
export const loadFiguresSchema = z.object({
  seconds: z.number(),
  sent: z.int().nullable(),
  answered: z.int().nullable(),
  errors: z.int().nullable(),
  latencyMs: latencySchema.nullable(),
  problem: z.string().nullable(),
  exitCode: z.int().nullable(),
  output: z.array(z.string()),
});
export type LoadFigures = z.infer<typeof loadFiguresSchema>;

/** A line that it answers: that it has begun, that a script has ended by itself, and at the very end its figures. */
export const loadAnswerSchema = z.union([
  z.object({ begun: z.literal(true) }),
  z.object({ ended: z.literal(true) }),
  z.object({ figures: loadFiguresSchema }),
]);
