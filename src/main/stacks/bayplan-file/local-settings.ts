import * as z from "zod";
import { parseDuration } from "../compose/project/duration.ts";
import { splitShellWords } from "../compose/project/shell-words.ts";
import { floatText } from "../compose/scalar-text.ts";

const nanosecondsPerMs = 1_000_000n;
const shortestMs = 1;
const longestMs = 3_600_000;

/** A value of an environment: numbers and truth values mean their text, as in a compose file. */
const value = z.union([z.string(), z.bigint(), z.number(), z.boolean()], {
  error: "A text is wanted; quote what is none.",
});
const environment = z
  .record(
    z.string().regex(/^[^=\0]+$/, { error: "This cannot be the name of a variable." }),
    value.transform((given) => (typeof given === "number" ? floatText(given) : String(given))),
  )
  .default({});

/** How often a line comes in. */
const pace = z.string({ error: "A time is wanted, such as 500ms." }).transform((text, context) => {
  const nanoseconds = parseDuration(text);
  const ms = nanoseconds === null ? null : Number(nanoseconds / nanosecondsPerMs);
  if (ms !== null && ms >= shortestMs && ms <= longestMs) return ms;
  context.addIssue({ code: "custom", message: "A time from 1ms to 1h is wanted, such as 500ms." });
  return z.NEVER;
});

/** `tcp://HOST:PORT`, else a file. */
const serialSource = z
  .string()
  .min(1)
  .transform((text, context) => {
    if (!/^[a-z]+:\/\//i.test(text)) return { from: "file" as const, path: text };
    const match = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/[\]@]+):([0-9]{1,5})$/i.exec(text);
    const port = Number(match?.[2] ?? 0);
    if (match !== null && port >= 1 && port <= 65_535) {
      return { from: "tcp" as const, host: (match[1] ?? "").replace(/^\[|\]$/g, ""), port };
    }
    context.addIssue({ code: "custom", message: "A file is wanted, or tcp://HOST:PORT." });
    return z.NEVER;
  });

const absolutePath = /^\/[^:]+$/;
const devicePath = z.string().regex(absolutePath, { error: "A path is wanted, such as /dev/ttyUSB0." });
const serialPort = z.strictObject({ serial: serialSource, every: pace.default(1000) });

const noStandIn = "This is no stand-in: write omit, a node such as /dev/null, or {serial: FILE or tcp://HOST:PORT}.";

/** Another node of this machine, nothing, or a pseudo terminal that somebody feeds. */
const device = z.union([z.literal("omit"), z.string().regex(absolutePath, { error: noStandIn }), serialPort], {
  error: noStandIn,
});

const bind = z.string({ error: "A path is wanted, or omit." }).min(1);

const words = z.union([
  z.array(z.string()),
  z.string().transform((line, context) => {
    const split = splitShellWords(line);
    if (split !== null) return split;
    context.addIssue({ code: "custom", message: "The command ends inside a quote." });
    return z.NEVER;
  }),
]);

const service = z
  .strictObject({
    omit: z.literal(true, { error: "Write `omit: true`, or take the line out." }).optional(),
    /** A folder with a Dockerfile when it begins with `.` or `/`, else the name of an image. */
    image: z.string().min(1).optional(),
    command: words.optional(),
    environment,
  })
  .refine(({ omit, image, command, environment }) => {
    const others = image !== undefined || command !== undefined || Object.keys(environment).length > 0;
    return others !== (omit === true);
  }, "Write either `omit: true`, or what runs instead: image, command, environment.");

/** `local:` of `bayplan.yaml`: what stands in, on this machine, for what only a device has. */
export const localSettingsSchema = z.strictObject({
  /** For every service. */
  environment,
  /** By the node that the stack asks for. */
  devices: z.record(devicePath, device).default({}),
  /** By the path of the host that the stack mounts. */
  binds: z
    .record(z.string().regex(/^\//, { error: "An absolute path is wanted, as the stack mounts it." }), bind)
    .default({}),
  services: z.record(z.string(), service).default({}),
});
export type LocalSettings = z.infer<typeof localSettingsSchema>;
export type DeviceStandIn = LocalSettings["devices"][string];
export type ServiceStandIn = LocalSettings["services"][string];

export const localKeys = {
  local: Object.keys(localSettingsSchema.shape),
  service: ["omit", "image", "command", "environment"],
  device: Object.keys(serialPort.shape),
} as const;
