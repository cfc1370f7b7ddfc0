import type { Report, Rule } from "../rule.ts";
import type { CheckSubject } from "../subject.ts";

function platformOf({ device, target }: CheckSubject): { platform: string; whose: string } | null {
  if (device !== null && device.platform !== null) return { platform: device.platform, whose: device.name };
  return target === "particle" ? { platform: "linux/arm64", whose: "A Tachyon" } : null;
}

/** What a machine runs of another platform: 32-bit Arm of the same or an older version, also on 64-bit Arm. */
function runs(machine: string, image: string): boolean {
  const order = ["linux/arm/v5", "linux/arm/v6", "linux/arm/v7", "linux/arm64"];
  const wanted = image.replace(/^linux\/arm$/, "linux/arm/v7").replace(/^(linux\/arm64)\/v8$/, "$1");
  if (wanted === machine || wanted === "") return true;
  if (machine === "linux/amd64") return wanted === "linux/386" || wanted.startsWith("linux/amd64");
  return order.includes(wanted) && order.indexOf(wanted) <= order.indexOf(machine);
}

export const platformRules: readonly Rule[] = [
  {
    id: "platform.mismatch",
    severity: "error",
    title: "`platform` names another processor than the device has.",
    source: "https://docs.docker.com/reference/compose-file/services/#platform",
    *check(subject): Iterable<Report> {
      const wanted = platformOf(subject);
      if (wanted === null) return;
      for (const service of subject.services) {
        const platform = service.text("platform");
        if (runs(wanted.platform, platform)) continue;
        yield {
          place: service.place("platform"),
          message: `\`${service.name}\` asks for ${platform}; ${wanted.whose} is ${wanted.platform} and cannot run it.`,
          hint: `Write \`platform: ${wanted.platform}\`, or leave it out: then the device takes the image of its own platform.`,
        };
      }
    },
  },
];
