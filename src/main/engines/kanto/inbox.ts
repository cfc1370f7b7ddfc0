import * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { checkOutside, parseOutsideJson } from "../outside-text.ts";
import { dittoErrorSchema, type Envelope, parseEnvelope, parseResponseTopic } from "./ditto.ts";
import { type FeatureNews, featureNewsOf, type KantoMetrics, metricsOf } from "./feature-news.ts";

/** What one request's confirmation may have to look through; a create's image may be long on its way. */
const recordedNewsMax = 10_000;

const identitySchema = z.object({ deviceId: z.string().regex(/^[^/+#:]+:[^/+#]+$/) });

interface Answer {
  promise: Promise<unknown>;
  forget(): void;
}

/** What containers told while somebody waited. */
export interface NewsRecord {
  /** The first news that is wanted, among those since the record began; null when none came in time. Throws when the link ends. */
  until(wanted: (news: FeatureNews) => boolean, timeoutMs: number): Promise<FeatureNews | null>;
  end(): void;
}

/** Sorts what the broker sends to who waits for it. It owns the timers of those who wait. */
export class Inbox {
  readonly #answers = new Map<string, (envelope: Envelope, status: number) => void>();
  readonly #failing = new Set<(reason: AppError) => void>();
  readonly #news = new Set<(news: FeatureNews) => void>();
  readonly #metrics = new Set<(metrics: KantoMetrics) => void>();
  #identified: ((deviceId: string) => void) | null = null;
  #ended: AppError | null = null;

  take(topic: string, payload: Buffer): void {
    if (topic === "edge/thing/response") this.#takeIdentity(payload);
    const envelope = parseEnvelope(payload);
    if (envelope === null) return;
    const response = parseResponseTopic(topic);
    if (response !== null) this.#answers.get(response.requestId)?.(envelope, response.status);
    const news = featureNewsOf(envelope);
    if (news !== null) for (const listener of this.#news) listener(news);
    const metrics = metricsOf(envelope);
    if (metrics !== null) for (const listener of this.#metrics) listener(metrics);
  }

  /** The link is gone: whoever waits is told why. */
  end(reason: AppError): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    for (const fail of [...this.#failing]) fail(reason);
  }

  /** The id of the device, from the next answer on `edge/thing/response`. */
  nextIdentity(timeoutMs: number): Promise<string> {
    const silent = new AppError(
      "timed-out",
      "The device's MQTT broker answers, but Kanto does not say which device it is.",
      {
        hint: "Its suite connector must run: sudo systemctl status suite-connector.",
      },
    );
    return this.#wait(timeoutMs, silent, (resolve) => {
      this.#identified = resolve;
      return () => {
        this.#identified = null;
      };
    });
  }

  /** The value of the answer to a request. Throws the daemon's refusal. */
  nextAnswer(requestId: string, what: string, timeoutMs: number): Answer {
    const late = new AppError("timed-out", `${what}: Kanto has not answered for ${timeoutMs / 1000} s.`, {
      hint: "Look at it on the device: sudo systemctl status container-management.",
    });
    const abort = new AbortController();
    const promise = this.#wait<unknown>(
      timeoutMs,
      late,
      (resolve, reject) => {
        this.#answers.set(requestId, (envelope, status) => {
          if (status >= 200 && status < 300) resolve(envelope.value);
          else reject(refusalOf(what, envelope, status));
        });
        return () => {
          this.#answers.delete(requestId);
        };
      },
      abort.signal,
    );
    return { promise, forget: () => abort.abort(late) };
  }

  /** Keeps what containers tell from now on. The caller ends it. */
  record(): NewsRecord {
    const kept: FeatureNews[] = [];
    let listener: ((news: FeatureNews) => void) | null = null;
    const keep = (news: FeatureNews): void => {
      kept.push(news);
      if (kept.length > recordedNewsMax) kept.shift();
      listener?.(news);
    };
    this.#news.add(keep);
    return {
      until: async (wanted, timeoutMs) => {
        const found = kept.find(wanted);
        if (found !== undefined) return found;
        const late = new AppError("timed-out", "No news.");
        try {
          return await this.#wait<FeatureNews>(timeoutMs, late, (resolve) => {
            listener = (news) => {
              if (wanted(news)) resolve(news);
            };
            return () => {
              listener = null;
            };
          });
        } catch (error) {
          if (error === late) return null;
          throw error;
        }
      },
      end: () => {
        this.#news.delete(keep);
      },
    };
  }

  /** Calls back with each measurement; the result ends that. */
  onMetrics(listener: (metrics: KantoMetrics) => void): () => void {
    this.#metrics.add(listener);
    return () => {
      this.#metrics.delete(listener);
    };
  }

  #takeIdentity(payload: Buffer): void {
    const parsed = checkOutside(identitySchema, jsonOf(payload));
    if (parsed.success) this.#identified?.(parsed.data.deviceId);
  }

  async #wait<T>(
    timeoutMs: number,
    late: AppError,
    begin: (resolve: (value: T) => void, reject: (error: AppError) => void) => () => void,
    stop?: AbortSignal,
  ): Promise<T> {
    if (this.#ended !== null) throw this.#ended;
    let release = (): void => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => reject(late), timeoutMs);
        this.#failing.add(reject);
        const onStop = (): void => reject(stop?.reason);
        stop?.addEventListener("abort", onStop, { once: true });
        const end = begin(resolve, reject);
        release = () => {
          clearTimeout(timer);
          this.#failing.delete(reject);
          stop?.removeEventListener("abort", onStop);
          end();
        };
      });
    } finally {
      release();
    }
  }
}

function jsonOf(payload: Buffer): unknown {
  try {
    return parseOutsideJson(payload.toString("utf8"));
  } catch {
    // Anybody may publish anything on a broker: this is no answer of Kanto.
    return null;
  }
}

/** What a refused request means, in the daemon's own words. */
export function refusalOf(what: string, envelope: Envelope, status: number): AppError {
  const parsed = dittoErrorSchema.safeParse(envelope.value);
  const said = parsed.success ? parsed.data.message : "it does not say why";
  const words = said
    .replaceAll(/\p{Cc}/gu, " ")
    .trim()
    .replace(/\.$/, "")
    .slice(0, 500);
  const isMissing = parsed.success && parsed.data.error === "messages:subject.notfound";
  if (isMissing || /not found|does not exist/.test(words)) return new AppError("not-found", `${what}: ${words}.`);
  if (/already exists|already in use/.test(words)) return new AppError("conflict", `${what}: ${words}.`);
  return new AppError("engine-failed", `${what}: Kanto refused (${status}): ${words}.`);
}
