import type { DeviceFacts } from "./device.ts";

/** The kinds of machines that people put containers on, by what has to be known to work with them. */
export const deviceFamilies = [
  "balena",
  "tachyon",
  "raspberry-pi",
  "jetson",
  "beaglebone",
  "siemens",
  "revolution-pi",
  "x86",
  "other",
] as const;
export type DeviceFamily = (typeof deviceFamilies)[number];

const familyNames: Record<DeviceFamily, string> = {
  balena: "balena",
  tachyon: "Particle Tachyon",
  "raspberry-pi": "Raspberry Pi",
  jetson: "NVIDIA Jetson",
  beaglebone: "BeagleBone",
  siemens: "Siemens SIMATIC",
  "revolution-pi": "Revolution Pi",
  x86: "x86",
  other: "Other Linux",
};

/** The family as people call it. */
export function familyName(family: DeviceFamily): string {
  return familyNames[family];
}

export type FamilyFacts = Pick<
  DeviceFacts,
  "compatible" | "model" | "vendor" | "boardName" | "osId" | "osName" | "imageName" | "arch" | "hostName"
>;

/**
 * The boards by the first thing that is true of them. A carrier stands before the module that it carries: a RevPi
 * Connect 4 calls itself a Compute Module 4 in `model`, and a RevPi in `compatible` only.
 */
const rules: readonly { family: DeviceFamily; is: (facts: FamilyFacts) => boolean }[] = [
  // os-release of balenaOS: ID="balena-os" (before 2.0 "resin"), PRETTY_NAME="balenaOS 6.0.24".
  { family: "balena", is: ({ osId, osName }) => osId === "balena-os" || /^(balenaOS|Resin OS)\b/i.test(osName ?? "") },
  // linux arch/arm64/boot/dts/qcom/qcm6490-particle-tachyon.dts: compatible "particle,tachyon", "qcom,qcm6490". Its own
  // image of Ubuntu 20.04 has an older tree; it names the machine tachyon-<8 hex> (particle-iot/tachyon-overlays).
  {
    family: "tachyon",
    is: (facts) =>
      has(facts, /^particle,tachyon/) ||
      /\bTachyon\b/.test(facts.model ?? "") ||
      (has(facts, /^qcom,qcm6490/) && /^tachyon-[0-9a-f]{8}$/.test(facts.hostName)),
  },
  // linux arch/arm64/boot/dts/ti/k3-am65*-iot2050-*.dts: "siemens,iot2050-basic"; drivers/net/ethernet/stmicro/stmmac
  // matches the IOT2020 and IOT2040 by the board name "SIMATIC IOT2000"; drivers/platform/x86/pmc_atom.c matches the
  // SIMATIC IPCs by the vendor "SIEMENS AG".
  {
    family: "siemens",
    is: (facts) =>
      has(facts, /^siemens,/) ||
      /^siemens\b/i.test(facts.vendor ?? "") ||
      [facts.model, facts.boardName].some((name) => /^SIMATIC\b/.test(name ?? "")),
  },
  // RevolutionPi/linux overlays: "kunbus,revpi-connect", "kunbus,revpi-flat-s-2022"; its images leave
  // /etc/revpi/image-release (RevolutionPi/imagebakery).
  {
    family: "revolution-pi",
    is: (facts) => has(facts, /^kunbus,/) || facts.imageName !== null || /^Revolution Pi\b/.test(facts.model ?? ""),
  },
  // linux arch/arm/boot/dts/broadcom: "raspberrypi,4-model-b", model "Raspberry Pi 4 Model B Rev 1.4". A module on
  // another maker's carrier may keep the module's compatible only.
  { family: "raspberry-pi", is: (facts) => has(facts, /^raspberrypi,/) || /^Raspberry Pi\b/.test(facts.model ?? "") },
  // linux arch/arm64/boot/dts/nvidia: "nvidia,p3768-0000+p3767-0005", "nvidia,tegra234"; JetPack's models are "NVIDIA
  // Jetson Nano Developer Kit", "NVIDIA Orin Nano Developer Kit", "Jetson-AGX".
  {
    family: "jetson",
    is: (facts) =>
      has(facts, /^nvidia,(p\d{4}-|tegra(210|186|194|234|264)$)/) ||
      /\bJetson\b|^NVIDIA Orin\b/.test(facts.model ?? ""),
  },
  // linux arch/arm/boot/dts/ti/omap: "ti,am335x-bone-black", model "TI AM335x BeagleBone Black"; arch/arm64/boot/dts/ti:
  // "beagle,am625-beagleplay", model "BeagleBoard.org BeaglePlay".
  {
    family: "beaglebone",
    is: (facts) => has(facts, /^(beagle,|ti,am335x-bone)/) || /\bBeagle(Bone|Board|Play|V)/.test(facts.model ?? ""),
  },
  { family: "x86", is: ({ arch }) => /^(x86_64|amd64|i[3-6]86)$/.test(arch) },
];

/** The family of a machine by what its probe found; `other` is any other Linux board. */
export function familyOf(facts: FamilyFacts): DeviceFamily {
  return rules.find((rule) => rule.is(facts))?.family ?? "other";
}

function has(facts: FamilyFacts, pattern: RegExp): boolean {
  return facts.compatible.some((name) => pattern.test(name));
}
