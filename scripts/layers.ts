/**
 * Writes biome.json from one table of rooms, since Biome's overrides replace a rule's options instead of merging them.
 * `tsx scripts/layers.ts` writes it, `--check` fails when the file on disk is not what the table says.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** Which rooms of src/main a room may import (through their index.ts only); docs/architecture.md says why. */
const rooms = {
  streams: [],
  store: ["streams"],
  ssh: ["streams", "store"],
  engines: ["streams", "store", "ssh"],
  devices: ["streams", "store", "ssh", "engines"],
  stacks: ["streams", "store", "ssh", "engines"],
  profiling: ["streams", "store", "ssh", "engines", "stacks"],
  api: ["streams", "store", "ssh", "engines", "devices", "stacks", "profiling"],
} satisfies Record<string, string[]>;

const doors = ["electron", "web", "cli"];
const features = ["devices", "device", "stacks", "runs"];

interface Ban {
  group: string[];
  message: string;
}

const nodeBan: Ban = { group: ["node:*", "node:*/**"], message: "This code runs in a browser too: no Node." };
const reactBan: Ban = { group: ["react", "react-dom", "react-dom/**", "zustand"], message: "Only the renderer draws." };
const electronBan: Ban = {
  group: ["electron", "electron/**", "electron-store"],
  message: "Only doors/electron may import electron: everything else runs in plain Node as well.",
};
const rendererBan: Ban = { group: ["**/renderer/**"], message: "The host never imports a face." };
const mainBan: Ban = { group: ["**/main/**"], message: "A face talks to the host through the contract only." };

/** A room behind its index: `..` paths into it are refused, but for the index itself. */
function insideBan(room: string): Ban {
  return {
    group: [`../**/${room}/*`, `../**/${room}/*/**`, `!../**/${room}/index`, `!../**/${room}/index.ts`],
    message: `Import ${room} through its index.ts: its inside is its own business.`,
  };
}

function wholeBan(room: string, from: string): Ban {
  return {
    group: [`../**/${room}/*`, `../**/${room}/*/**`],
    message: `${from} lies below ${room} (or beside it): the arrow points the other way.`,
  };
}

function override(includes: string[], bans: Ban[]): unknown {
  return {
    includes,
    linter: { rules: { style: { noRestrictedImports: { level: "error", options: { patterns: bans } } } } },
  };
}

function roomOverrides(): unknown[] {
  return Object.entries(rooms).map(([room, lower]: [string, string[]]) => {
    const bans = Object.keys(rooms)
      .filter((other) => other !== room)
      .map((other) => (lower.includes(other) ? insideBan(other) : wholeBan(other, room)));
    return override(
      [`src/main/${room}/**`],
      [...bans, electronBan, rendererBan, reactBan, { group: ["**/doors/**"], message: "Rooms know no door." }],
    );
  });
}

function doorOverrides(): unknown[] {
  return doors.map((door) => {
    const others = doors.filter((other) => other !== door).map((other) => wholeBan(other, door));
    const bans = [...others, rendererBan, reactBan, ...Object.keys(rooms).map(insideBan)];
    return override([`src/main/doors/${door}/**`], door === "electron" ? bans : [...bans, electronBan]);
  });
}

function featureOverrides(): unknown[] {
  const common = [nodeBan, mainBan, electronBan];
  return [
    override(["src/renderer/app/**"], common),
    override(
      ["src/renderer/ui/**", "src/renderer/format/**"],
      [...common, ...[...features, "app"].map((feature) => wholeBan(feature, "ui and format"))],
    ),
    ...features.map((feature) =>
      override(
        [`src/renderer/${feature}/**`],
        [...common, ...features.filter((other) => other !== feature).map((other) => wholeBan(other, feature))],
      ),
    ),
  ];
}

const config = {
  $schema: "./node_modules/@biomejs/biome/configuration_schema.json",
  vcs: { enabled: true, clientKind: "git", useIgnoreFile: true },
  files: {
    includes: ["**", "!biome.json", "!package-lock.json", "!resources/models.json", "!docs/schemas", "!**/fixtures"],
  },
  formatter: { indentStyle: "space", indentWidth: 2, lineWidth: 120 },
  assist: { actions: { source: { organizeImports: "on" } } },
  linter: {
    rules: {
      preset: "recommended",
      style: {
        useNodejsImportProtocol: "error",
        noCommonJs: "error",
        noNonNullAssertion: "error",
        noDefaultExport: "error",
      },
      suspicious: { noExplicitAny: "error", noEmptyBlockStatements: "error", noTsIgnore: "error" },
      correctness: { noUnusedImports: "error", noUnusedVariables: "error", useExhaustiveDependencies: "error" },
    },
  },
  overrides: [
    override(
      ["src/shared/domain/**"],
      [
        {
          group: ["*", "**/*", "!zod", "!zod/**", "!./**", "!../**"],
          message: "domain imports zod and itself, nothing else.",
        },
        { group: ["../../**"], message: "domain imports zod and itself, nothing else." },
      ],
    ),
    override(["src/shared/contract/**"], [nodeBan, reactBan, electronBan, mainBan, rendererBan]),
    override(["src/preload/**"], [nodeBan, reactBan, mainBan, rendererBan]),
    ...roomOverrides(),
    ...doorOverrides(),
    ...featureOverrides(),
    // It is written by this script, in the form that JSON.stringify gives.
    { includes: ["biome.json"], formatter: { enabled: false } },
    // Rules of a component stand together in our style sheets, whatever their specificity.
    {
      includes: ["**/*.css"],
      linter: { rules: { style: { noDescendingSpecificity: "off" }, complexity: { noImportantStyles: "off" } } },
    },
    {
      includes: ["*.config.ts"],
      linter: { rules: { style: { noDefaultExport: "off" } } },
    },
  ],
};

const text = `${JSON.stringify(config, null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync("biome.json", "utf8") !== text) {
    process.stderr.write("biome.json is not what scripts/layers.ts says. Run: npm run format\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync("biome.json", text);
}
