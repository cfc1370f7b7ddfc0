import type { Proof } from "../proof.ts";
import type { Rules, TargetResult } from "../verdict.ts";
import { whyNotMeasurable } from "./conditions.ts";
import { estimateCpu, steadyWindows } from "./cpu.ts";
import { whyLoadNotMade } from "./load.ts";
import type { ServiceObservation, TargetObservation } from "./observation.ts";
import { cores, mib, percent, times } from "./words.ts";

/**
 * What a run under advised limits showed of them: no OOM kill, and no service used up its own CPU limit in more than 1 % of the steady
 * seconds. `judged` is the verdict of the same run.
 */
export function judgeProof(seen: TargetObservation, judged: TargetResult, rules: Rules, runId: string): Proof {
  const { oomKills } = judged.stack;
  const shares = seen.services.flatMap((service) => {
    const share = usedUpShare(seen, service, rules);
    return share === null ? [] : [{ service, share }];
  });
  const figures = {
    runId,
    oomKills,
    throttledWindowsShare: shares.length === 0 ? null : Math.max(...shares.map(({ share }) => share)),
    tooSmall: [...killedAtLimit(seen), ...shares.flatMap((one) => usedUp(one, rules))],
  };
  const failure = whyFailed(seen, judged, figures);
  if (failure !== null) return { ...figures, passed: false, reason: failure };
  const obstacle = whyNotTold(seen, rules, figures);
  if (obstacle !== null) return { ...figures, passed: null, reason: obstacle };
  const cpu =
    figures.throttledWindowsShare === null
      ? "no service has a CPU limit"
      : `a CPU limit was used up in at most ${percent(figures.throttledWindowsShare)} of the seconds`;
  return { ...figures, passed: true, reason: `No OOM kill under these limits, and ${cpu}.` };
}

/**
 * The share of steady seconds in which a service used all of its own CPU limit. At a period of 10 ms a healthy burst is throttled, so
 * that a period was cut short says nothing: what counts is that a whole second was not enough.
 */
function usedUpShare(seen: TargetObservation, { name, limits }: ServiceObservation, rules: Rules): number | null {
  const ratio = seen.envelope.speedRatio;
  if (limits.cpuCores === null || ratio === null) return null;
  const most = seen.envelope.limits.cpuQuotaCores ?? seen.host.cpus;
  const quota = Math.min(limits.cpuCores * ratio, most);
  const used = steadyWindows(seen).flatMap((window) => window.services[name]?.hostCores ?? []);
  if (used.length === 0) return null;
  return used.filter((hostCores) => hostCores >= rules.saturationShare * quota).length / used.length;
}

function usedUp({ service, share }: { service: ServiceObservation; share: number }, rules: Rules): Proof["tooSmall"] {
  if (share <= rules.throttledWindowsMax) return [];
  const value = cores(service.limits.cpuCores ?? 0);
  const reason = `${service.name} used up its ${value} device cores in ${percent(share)} of the seconds.`;
  return [{ service: service.name, key: "cpus", value, reason }];
}

function killedAtLimit(seen: TargetObservation): Proof["tooSmall"] {
  return seen.services.flatMap(({ name, limits }) => {
    const kills = seen.oomKills.filter((kill) => kill.at === "own-limit" && kill.service === name).length;
    if (kills === 0 || limits.memoryBytes === null) return [];
    const value = `${mib(limits.memoryBytes)}m`;
    const reason = `The kernel killed ${name} ${times(kills)} at its limit of ${mib(limits.memoryBytes)} MiB.`;
    return [{ service: name, key: "mem_limit", value, reason }];
  });
}

function whyFailed(
  seen: TargetObservation,
  { axes, verdict, headline }: TargetResult,
  { tooSmall, oomKills }: Pick<Proof, "tooSmall" | "oomKills">,
): string | null {
  if (tooSmall.length > 0) return tooSmall.map(({ reason }) => reason).join(" ");
  if (oomKills !== null && oomKills > 0) return axes.memory?.reason ?? `The kernel killed ${times(oomKills)}.`;
  if (seen.foreignPlatform !== null) return null;
  if (seen.failedInside !== null) return `The stack failed under these limits: ${seen.failedInside}`;
  return verdict === "does-not-fit" ? headline : null;
}

function whyNotTold(seen: TargetObservation, rules: Rules, { oomKills }: Pick<Proof, "oomKills">): string | null {
  const obstacle = whyNotMeasurable(seen, rules) ?? whyLoadNotMade(seen, rules);
  if (obstacle !== null) return obstacle;
  if (oomKills === null) return "OOM kills could not be counted here.";
  const { busyShare, heldBackShare } = estimateCpu(seen, rules);
  const isBusy = (busyShare ?? 0) > rules.busyHostWindowsMax && (heldBackShare ?? 1) > rules.busyHostWindowsMax;
  return isBusy
    ? `This machine was busy in ${percent(busyShare ?? 0)} of the seconds, so CPU limits prove nothing.`
    : null;
}
