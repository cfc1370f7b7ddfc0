import type { Envelope } from "../verdict.ts";

/** CPU time on this machine of the job that the error is stated for. */
export const burstJobMs = 20;

/**
 * By what share half of all jobs of one thread and 20 ms may end sooner inside an envelope than on the device's slower core, 0 to 1.
 * A quota is a stopwatch: a thread runs at full speed until the quota of the period is used up, and not at all until the next one.
 * It is the case of a job that begins just before a refill with a whole quota left. Single jobs are sooner still, since the kernel
 * only looks at its ticks (docs/decisions/0073). With a quota of a core or more one thread is never slowed. Null without a quota or a
 * speed ratio.
 */
export function burstErrorShare({ limits, speedRatio }: Pick<Envelope, "limits" | "speedRatio">): number | null {
  const { cpuQuotaCores: quota, cpuPeriodUs } = limits;
  if (quota === null || cpuPeriodUs === null || speedRatio === null) return null;
  const onDeviceMs = burstJobMs / speedRatio;
  return Math.max(0, 1 - soonestMs(burstJobMs, quota, cpuPeriodUs / 1000) / onDeviceMs);
}

/** The least time that a job of `workMs` takes under a quota. */
function soonestMs(workMs: number, quotaCores: number, periodMs: number): number {
  const perPeriodMs = quotaCores * periodMs;
  if (quotaCores >= 1 || workMs <= perPeriodMs) return workMs;
  const leftMs = workMs - perPeriodMs;
  const wholePeriods = Math.ceil(leftMs / perPeriodMs) - 1;
  return perPeriodMs + wholePeriods * periodMs + (leftMs - wholePeriods * perPeriodMs);
}
