import type { Finding, TargetResult } from "../../../shared/domain/index.ts";

/** A remark for each load that was not made, or not as much of it as was asked for. */
export function loadFindings(results: readonly TargetResult[]): Finding[] {
  return results.flatMap(({ device, load }) =>
    load
      .filter(({ made }) => !made)
      .map(
        ({ text, output }): Finding => ({
          rule: "load.not-made",
          severity: "warning",
          message: `On ${device.label} the load was not made. ${text}`,
          hint: output.at(-1) ?? "Look whether the service listens at that port, and whether it takes so much.",
          place: null,
        }),
      ),
  );
}
