import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import {
  deviceIdSchema,
  deviceSchema,
  probePlanSchema,
  probeRequestSchema,
  probeUpdateSchema,
  sshTargetSchema,
} from "../domain/index.ts";
import { errors } from "./errors.ts";

/** A snapshot first, then one change at a time; a hole in `seq` means: ask again. */
export const deviceListUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("snapshot"), seq: z.int(), devices: z.array(deviceSchema) }),
  z.object({ kind: z.literal("changed"), seq: z.int(), device: deviceSchema }),
  z.object({ kind: z.literal("removed"), seq: z.int(), deviceId: deviceIdSchema }),
]);
export type DeviceListUpdate = z.infer<typeof deviceListUpdateSchema>;

/** An address as a person gives it; what is null is for their ssh_config to say, or the usual. */
const givenAddressSchema = sshTargetSchema.extend({
  user: sshTargetSchema.shape.user.nullable(),
  port: sshTargetSchema.shape.port.nullable(),
});

const oneDevice = z.object({ deviceId: deviceIdSchema });

export const devicesContract = {
  /** Every device, known or just seen, as it changes. */
  watch: oc.errors(errors).output(eventIterator(deviceListUpdateSchema)),
  /** Every device as it is now. */
  list: oc.errors(errors).output(z.array(deviceSchema)),
  /** Adds a device by address and connects; it is remembered once its key is agreed to. */
  add: oc
    .errors(errors)
    .input(z.object({ target: givenAddressSchema, name: z.string().nullable() }))
    .output(deviceSchema),
  /** Agrees to a first-seen host key. The fingerprint must be the one that was shown. */
  trust: oc
    .errors(errors)
    .input(oneDevice.extend({ fingerprint: z.string() }))
    .output(deviceSchema),
  /** Replaces a pinned key by the one now offered. Both fingerprints must be the ones that were shown. */
  repin: oc
    .errors(errors)
    .input(oneDevice.extend({ pinnedFingerprint: z.string(), offeredFingerprint: z.string() }))
    .output(deviceSchema),
  /** Sets the user name to log in with, and connects again. */
  setUser: oc
    .errors(errors)
    .input(oneDevice.extend({ user: z.string().min(1) }))
    .output(deviceSchema),
  /**
   * Logs in to this one device with a password as well, as this user, and connects again. Its key must be agreed to
   * first: `key-unknown` or `key-changed` otherwise. `kept`: `os`, sealed by this system's keychain; `session`, until
   * the host ends. The password itself never comes back.
   */
  setPassword: oc
    .errors(errors)
    .input(oneDevice.extend({ user: z.string().min(1), password: z.string().min(1).max(1_024) }))
    .output(z.object({ device: deviceSchema, kept: z.enum(["os", "session"]) })),
  /**
   * Logs in to the jump host of `askingJump` with a password as well, and connects this device again. It is for the server
   * with that host key, whichever device is behind it. `conflict` when that host does not ask for one now.
   */
  setJumpPassword: oc
    .errors(errors)
    .input(oneDevice.extend({ jump: sshTargetSchema, password: z.string().min(1).max(1_024) }))
    .output(z.object({ device: deviceSchema, kept: z.enum(["os", "session"]) })),
  /**
   * Opens a key of `lockedKeys` with its passphrase and connects again: `bad-input` when it is the wrong one. It is kept
   * as a password is, for every device that takes the key, and never comes back.
   */
  unlockKey: oc
    .errors(errors)
    .input(oneDevice.extend({ path: z.string().min(1), passphrase: z.string().min(1).max(1_024) }))
    .output(z.object({ device: deviceSchema, kept: z.enum(["os", "session"]) })),
  /** Writes the agreed key into the person's own known_hosts; `added` false: it was there already. */
  shareKey: oc
    .errors(errors)
    .input(oneDevice)
    .output(z.object({ file: z.string(), added: z.boolean() })),
  /** Connects now instead of at the next try. */
  retry: oc.errors(errors).input(oneDevice).output(deviceSchema),
  /** What a search of the network would ask, and nobody is asked yet. */
  probePlan: oc.errors(errors).input(probeRequestSchema).output(probePlanSchema),
  /**
   * Searches the network for SSH servers: the plan, then how far it is, then the result. Leaving the stream cancels it.
   * What is found joins the list at once. `conflict` while another search goes on.
   */
  probe: oc.errors(errors).input(probeRequestSchema).output(eventIterator(probeUpdateSchema)),
  /** Forgets a device: its pinned key and its place in the list. It comes back as new when it is seen again. */
  forget: oc
    .errors(errors)
    .input(oneDevice)
    .output(z.object({ forgotten: z.boolean() })),
};
