import { boolNode, type ModelNode, mapNode, textNode } from "../../compose/node.ts";
import type { ServiceDraft } from "../compose-model.ts";
import { type Findings, warn } from "../fields.ts";

interface Feature {
  /** Folders of the machine that are mounted for reading. */
  binds?: readonly string[];
  /** A volume of the stack, by its name and where it is mounted. */
  volume?: readonly [name: string, target: string];
  /** Why it is not given here; the end of "… is not given: …". */
  withheld?: string;
}

/**
 * What a label of balena gives a service (balena-supervisor src/compose/utils.ts). What balena itself calls able to take over a
 * device is not given: a stack is tried on somebody's own machine first, and may reboot it through D-Bus.
 */
const features: Readonly<Record<string, Feature>> = {
  "balena-socket": { withheld: "it would have this machine's engine in its hands" },
  dbus: {
    withheld:
      "it would speak to this machine's own system bus, which can turn it off; `local:` of bayplan.yaml names a stand-in for /run/dbus",
  },
  sysfs: { withheld: "it would write into this machine's /sys" },
  procfs: { withheld: "it would write into this machine's /proc" },
  "kernel-modules": { binds: ["/lib/modules"] },
  firmware: { binds: ["/lib/firmware"] },
  "extra-firmware": { volume: ["extra-firmware", "/extra-firmware"] },
  "journal-logs": { binds: ["/var/log/journal", "/run/log/journal", "/etc/machine-id"] },
  "supervisor-api": { withheld: "nobody answers at BALENA_SUPERVISOR_ADDRESS" },
  "balena-api": { withheld: "there is no key of balenaCloud, and BALENA_API_KEY is not set" },
  gpu: { withheld: "no GPU is given to the service" },
  "host-os.board-rev": { withheld: "HOST_OS_BOARD_REV is not set" },
};

/** The name of a feature, in balena's spelling or in the one before it; null for another label. */
function featureOf(label: string): string | null {
  return /^io\.(?:balena|resin)\.features\.(.+)$/.exec(label)?.[1] ?? null;
}

/** Gives a service what its labels ask for. Gives the volumes that it needs for that. */
export function applyFeatures(
  draft: ServiceDraft,
  labels: ReadonlyMap<string, ModelNode>,
  findings: Findings,
): Map<string, ModelNode> {
  const volumes = new Map<string, ModelNode>();
  for (const [label, node] of labels) {
    const name = featureOf(label);
    if (name === null || name.startsWith("requires.") || name === "optional" || !isOn(node)) continue;
    const feature = Object.hasOwn(features, name) ? features[name] : undefined;
    if (feature === undefined)
      warn(findings, "unknown-feature", node, `balena knows no feature \`${name.slice(0, 60)}\`.`);
    else if (feature.withheld !== undefined) {
      warn(findings, "feature", node, `\`${label}\` of \`${draft.name}\` is not given: ${feature.withheld}.`);
    }
    for (const path of feature?.binds ?? []) draft.add("volumes", mount("bind", path, path, node));
    if (feature?.volume !== undefined) {
      const [volume, target] = feature.volume;
      draft.add("volumes", mount("volume", volume, target, node));
      volumes.set(volume, { kind: "null", place: node.place });
    }
  }
  return volumes;
}

function isOn(node: ModelNode): boolean {
  if (node.kind === "bool") return node.value;
  if (node.kind === "int") return node.value === 1n;
  return node.kind === "text" && /^(?:1|true|on|yes)$/i.test(node.value);
}

function mount(type: "bind" | "volume", source: string, target: string, { place }: ModelNode): ModelNode {
  const entries: [string, ModelNode][] = [
    ["type", textNode(type, place)],
    ["source", textNode(source, place)],
    ["target", textNode(target, place)],
  ];
  if (type === "bind")
    entries.push(
      ["read_only", boolNode(true, place)],
      ["bind", mapNode([["create_host_path", boolNode(true, place)]], place)],
    );
  return mapNode(entries, place);
}
