import * as z from "zod";
import { parseOutsideJson } from "../outside-text.ts";

/** Eclipse Ditto's envelope, as Kanto speaks it over MQTT (CM things/client/protocol/envelope.go). */
export const envelopeSchema = z.object({
  topic: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.unknown()).nullish(),
  value: z.unknown().optional(),
  status: z.int().nullish(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** What a refused request carries as its value (CM things/client/thing_errors.go). */
export const dittoErrorSchema = z.object({ error: z.string(), status: z.int(), message: z.string() });

export interface DittoRequest {
  thingId: string;
  feature: string;
  operation: string;
  requestId: string;
  /** Absent for the operations that take nothing. */
  value?: unknown;
}

/** An envelope as text to one; null when it is none. */
export function parseEnvelope(payload: Buffer): Envelope | null {
  try {
    const parsed = envelopeSchema.safeParse(parseOutsideJson(payload.toString("utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    // Anybody may publish anything on a broker: what is no envelope is not for us.
    return null;
  }
}

/** The thing of a device's containers. Ditto's order is namespace first: `edge:device` has the namespace `edge`. */
export function containersThing(deviceId: string): string {
  return `${deviceId}:edge:containers`;
}

/** Where a request goes. Its id must not be empty: Kanto takes such a one as one-way and never answers. */
export function requestTopic({ thingId, requestId, operation }: DittoRequest): string {
  return `command//${thingId}/req/${requestId}/${operation}`;
}

/**
 * The body of a request. The headers are checked (CM client_handler_utils.go): a correlation id always, the content type
 * `application/json` with a value, and none at all without one.
 */
export function requestBody(request: DittoRequest): string {
  const { thingId, feature, operation, requestId, value } = request;
  const colonAt = thingId.indexOf(":");
  const [namespace, name] = [thingId.slice(0, colonAt), thingId.slice(colonAt + 1)];
  return JSON.stringify({
    topic: `${namespace}/${name}/things/live/messages/${operation}`,
    headers: {
      "response-required": true,
      "correlation-id": requestId,
      ...(value === undefined ? {} : { "content-type": "application/json" }),
    },
    path: `/features/${feature}/inbox/messages/${operation}`,
    ...(value === undefined ? {} : { value }),
  });
}

/** The request id and status of a response's topic, `command//<thingId>/res/<requestId>/<status>`; null for any other. */
export function parseResponseTopic(topic: string): { requestId: string; status: number } | null {
  const match = /^command\/\/[^/]+\/res\/([^/]+)\/(\d{3})$/.exec(topic);
  return match?.[1] === undefined ? null : { requestId: match[1], status: Number(match[2]) };
}
