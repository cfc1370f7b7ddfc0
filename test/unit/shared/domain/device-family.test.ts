import { expect, test } from "vitest";
import { type DeviceFamily, type FamilyFacts, familyName, familyOf } from "../../../../src/shared/domain/index.ts";

const nothing: FamilyFacts = {
  compatible: [],
  model: null,
  vendor: null,
  boardName: null,
  osId: "debian",
  osName: "Debian GNU/Linux 12 (bookworm)",
  imageName: null,
  arch: "aarch64",
  hostName: "device",
};

/** Strings as machines say them; where they are from stands at the rules and beside those that no rule explains. */
const machines: [DeviceFamily, string, Partial<FamilyFacts>][] = [
  [
    "balena",
    "balenaOS on a Pi is balena first",
    {
      compatible: ["raspberrypi,4-compute-module", "brcm,bcm2711"],
      model: "Raspberry Pi Compute Module 4 Rev 1.1",
      osId: "balena-os",
      osName: "balenaOS 6.0.24",
    },
  ],
  // `docker run resin/resinos:2.44.0_rev1.dev-intel-nuc cat /etc/os-release` (balena-os/balena-os issues)
  [
    "balena",
    "balenaOS on a NUC",
    { osId: "balena-os", osName: "balenaOS 2.44.0+rev1", arch: "x86_64", vendor: "Intel Corp." },
  ],
  ["balena", "an old resinOS", { osId: "resin-os", osName: "Resin OS 2.0.6" }],
  [
    "tachyon",
    "linux qcm6490-particle-tachyon.dts",
    { compatible: ["particle,tachyon", "qcom,qcm6490"], model: "Particle Tachyon" },
  ],
  [
    "tachyon",
    "Particle's own Ubuntu 20.04, with the chip maker's tree and the name its set-up gives",
    {
      compatible: ["qcom,qcm6490-idp", "qcom,qcm6490"],
      model: "Qualcomm Technologies, Inc. QCM6490 IDP",
      hostName: "tachyon-4f21a07b",
      osId: "ubuntu",
    },
  ],
  ["other", "another board with that chip", { compatible: ["fairphone,fp5", "qcom,qcm6490"], model: "Fairphone 5" }],
  [
    "raspberry-pi",
    "Pi 4",
    { compatible: ["raspberrypi,4-model-b", "brcm,bcm2711"], model: "Raspberry Pi 4 Model B Rev 1.4" },
  ],
  [
    "raspberry-pi",
    "Zero 2 W",
    { compatible: ["raspberrypi,model-zero-2-w", "brcm,bcm2837"], model: "Raspberry Pi Zero 2 W Rev 1.0" },
  ],
  ["raspberry-pi", "Pi 5 without a compatible", { model: "Raspberry Pi 5 Model B Rev 1.0" }],
  ["raspberry-pi", "Pi 1, 32 bit", { compatible: ["raspberrypi,model-b-plus", "brcm,bcm2835"], arch: "armv6l" }],
  [
    "revolution-pi",
    "a Connect 4 calls itself a Compute Module in its model",
    { compatible: ["kunbus,revpi-connect4", "brcm,bcm2711"], model: "Raspberry Pi Compute Module 4 Rev 1.0" },
  ],
  [
    "revolution-pi",
    "an older overlay puts its own name last",
    {
      compatible: ["brcm,bcm2837", "brcm,bcm2836", "kunbus,revpi-connect"],
      model: "Raspberry Pi Compute Module 3 Rev 1.0",
    },
  ],
  [
    "revolution-pi",
    "known by its image alone",
    { compatible: ["raspberrypi,4-compute-module-s"], imageName: "2024-11-11-revpi-bookworm-arm64-default.img" },
  ],
  [
    "jetson",
    "Orin Nano",
    {
      compatible: ["nvidia,p3768-0000+p3767-0005", "nvidia,p3767-0005", "nvidia,tegra234"],
      model: "NVIDIA Jetson Orin Nano Developer Kit",
    },
  ],
  ["jetson", "JetPack 5's name of it", { model: "NVIDIA Orin Nano Developer Kit" }],
  [
    "jetson",
    "Nano",
    { compatible: ["nvidia,p3450-0000", "nvidia,tegra210"], model: "NVIDIA Jetson Nano Developer Kit" },
  ],
  ["jetson", "a carrier of somebody else", { compatible: ["vendor,box", "nvidia,tegra194"], model: "Edge Box X2" }],
  [
    "beaglebone",
    "Black",
    {
      compatible: ["ti,am335x-bone-black", "ti,am335x-bone", "ti,am33xx"],
      model: "TI AM335x BeagleBone Black",
      arch: "armv7l",
    },
  ],
  ["beaglebone", "Play", { compatible: ["beagle,am625-beagleplay", "ti,am625"], model: "BeagleBoard.org BeaglePlay" }],
  [
    "beaglebone",
    "AI-64",
    { compatible: ["beagle,j721e-beagleboneai64", "ti,j721e"], model: "BeagleBoard.org BeagleBone AI-64" },
  ],
  [
    "other",
    "another board with a chip of TI",
    { compatible: ["ti,am654-evm", "ti,am654"], model: "Texas Instruments AM654 Base Board" },
  ],
  ["siemens", "IOT2050", { compatible: ["siemens,iot2050-advanced", "ti,am654"], model: "SIMATIC IOT2050 Advanced" }],
  // iot2050 with UEFI firmware has DMI as well
  ["siemens", "IPC227E", { vendor: "SIEMENS AG", model: "SIMATIC IPC227E", arch: "x86_64" }],
  [
    "siemens",
    "IOT2040, whose system is Intel's and whose board is Siemens'",
    { vendor: "Intel Corp.", model: "QUARK", boardName: "SIMATIC IOT2000", arch: "i586" },
  ],
  ["x86", "a small box", { vendor: null, model: "J4125-ITX", arch: "x86_64" }],
  ["x86", "32 bit", { arch: "i686" }],
  ["other", "Orange Pi", { compatible: ["xunlong,orangepi-5", "rockchip,rk3588s"], model: "Xunlong Orange Pi 5" }],
  ["other", "a board without firmware that says anything", {}],
  ["other", "RISC-V", { arch: "riscv64", compatible: ["starfive,visionfive-2-v1.3b", "starfive,jh7110"] }],
];

test.each(machines)("%s: %s", (family, _what, facts) => {
  expect(familyOf({ ...nothing, ...facts })).toBe(family);
});

test("a name that only sounds like one is not one", () => {
  expect(familyOf({ ...nothing, model: "Banana Pi M2", hostName: "raspberrypi" })).toBe("other");
  expect(familyOf({ ...nothing, hostName: "tachyon-4f21a07b" })).toBe("other");
  expect(familyName("raspberry-pi")).toBe("Raspberry Pi");
});
