import * as z from "zod";

/** SSH's own port, and the one of balenaOS. */
export const DEFAULT_PROBE_PORTS: readonly number[] = [22, 22222];
/** A /20. More than that is not this LAN any more, and takes minutes. */
export const MAX_PROBE_ADDRESSES = 4_096;
export const MAX_PROBE_PORTS = 8;

const portSchema = z.int().min(1).max(65535);

/** One range of addresses that a search asks. */
export const probeSubnetSchema = z.object({
  /** `192.168.4.0/24`. */
  cidr: z.string(),
  /** The interface of this machine that is in it; null for a range that a person named and this machine is not in. */
  interfaceName: z.string().nullable(),
  /** How many addresses are asked in it. */
  addresses: z.int(),
  /** The whole subnet where only the part around this machine is asked, since the whole is too large; null otherwise. */
  partOf: z.string().nullable(),
});
export type ProbeSubnet = z.infer<typeof probeSubnetSchema>;

/** What a search is going to ask. */
export const probePlanSchema = z.object({ subnets: z.array(probeSubnetSchema), ports: z.array(portSchema) });
export type ProbePlan = z.infer<typeof probePlanSchema>;

export const probeRequestSchema = z.object({
  /** Ranges like `192.168.4.0/24`; null: the private networks that this machine is on. */
  subnets: z.array(z.string()).max(16).nullable(),
  ports: z.array(portSchema).min(1).max(MAX_PROBE_PORTS),
});
export type ProbeRequest = z.infer<typeof probeRequestSchema>;

/** An address at which an SSH server answered. */
export const probeFindingSchema = z.object({
  host: z.string(),
  port: portSchema,
  /** The line by which it says which SSH it is, without control codes: `SSH-2.0-OpenSSH_9.2p1`. */
  banner: z.string(),
});
export type ProbeFinding = z.infer<typeof probeFindingSchema>;

/** What has come of the knocks so far. All but the first two count addresses by the best that any port of theirs said. */
export const probeCountsSchema = z.object({
  addresses: z.int(),
  asked: z.int(),
  ssh: z.int(),
  /** A port is open, and what answers there is not SSH. */
  otherService: z.int(),
  /** The machine is there and refuses. */
  refused: z.int(),
  /** Nothing came back: nobody is there, or a firewall drops it. */
  silent: z.int(),
  /** The network says that it cannot be reached. */
  unreachable: z.int(),
  /** This machine was not allowed to send. */
  denied: z.int(),
});
export type ProbeCounts = z.infer<typeof probeCountsSchema>;

/** The plan first, then how far it is with what was found since, and the whole result at the end. */
export const probeUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("started"), plan: probePlanSchema }),
  z.object({ kind: z.literal("progress"), counts: probeCountsSchema, found: z.array(probeFindingSchema) }),
  z.object({
    kind: z.literal("done"),
    counts: probeCountsSchema,
    found: z.array(probeFindingSchema),
    elapsedMs: z.number(),
  }),
]);
export type ProbeUpdate = z.infer<typeof probeUpdateSchema>;
