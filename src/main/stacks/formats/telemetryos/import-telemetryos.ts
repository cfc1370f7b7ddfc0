import { dirname } from "node:path";
import { ModelProblem } from "../../compose/model-problem.ts";
import { keyOrPlace, listNode, type ModelNode, textNode } from "../../compose/node.ts";
import { normalizeName } from "../../compose/project/project-name.ts";
import { composeDocument, ServiceDraft } from "../compose-model.ts";
import { Fields, type Findings, fail, warn } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import { readJson } from "../read-json.ts";
import type { ImportStack } from "../stack-source.ts";

export const telemetryosFile = "telemetry.config.json";

/** True for the configuration of a TelemetryOS application that has containers. */
export function isTelemetryosConfig(root: ModelNode): boolean {
  return root.kind === "map" && root.entries.get("containers")?.kind === "list" && !root.entries.has("services");
}

/** The containers of a TelemetryOS application: each is reachable by its name, and begins anew every time. */
export const importTelemetryos: ImportStack = async ({ file, text }, environment, remark) => {
  const findings: Findings = { rules: "telemetryos", problems: [], remark };
  const { root, trailingCommas } = readJson(file, text);
  for (const place of trailingCommas) {
    const message = "A comma stands before the end: JSON has none there.";
    remark({ rule: "telemetryos.trailing-comma", severity: "warning", message, place, hint: "Take it out." });
  }
  if (root.kind !== "map")
    throw new ModelProblem("telemetryos.wrong-type", "The configuration must be an object.", root.place);
  const fields = new Fields(root, "the application", findings);
  const name = fields.text("name");
  const services = new Map<string, ServiceDraft>();
  const ports = new Map<number, string>();
  for (const row of fields.rows("containers")) {
    const draft = readContainer(row, ports, findings);
    if (draft === null) continue;
    if (services.has(draft.name))
      fail(
        findings,
        "taken-twice",
        row.node,
        `Two containers are called ${draft.name}.`,
        "Give each a name of its own: it is also its host name.",
      );
    services.set(draft.name, draft);
  }
  if (services.size === 0 && findings.problems.length === 0) {
    fail(
      findings,
      "no-services",
      fields.any("containers") ?? root,
      "The application has no containers.",
      'Add some under "containers".',
    );
  }
  ModelProblem.throwFirst(findings.problems);
  const place = { file, line: 1, column: 1 };
  const document = composeDocument([...services.values()], { volumes: new Map(), networks: new Map() }, place);
  const project = name === null ? "" : normalizeName(name.value);
  return importedProject(document, { file, folder: dirname(file), name: project === "" ? null : project, environment });
};

function readContainer(row: Fields, ports: Map<number, string>, findings: Findings): ServiceDraft | null {
  const name = row.text("name");
  const image = row.text("image");
  const port = row.whole("port");
  row.finish(
    "TelemetryOS documents `name`, `image` and `port`; limits can be tried with a budget of `bayplan profile`.",
  );
  if (name === null || !/^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/.test(name.value)) {
    fail(
      findings,
      "bad-name",
      name ?? row.node,
      "A container needs a `name` that can be a host name.",
      "Use letters, digits and dashes.",
    );
    return null;
  }
  if (image === null) {
    fail(findings, "no-image", row.node, `The container ${name.value} has no \`image\`.`);
    return null;
  }
  const draft = new ServiceDraft(name.value, keyOrPlace(name));
  draft.set("image", image);
  if (!/@|:(?!latest$)[^/:]+$/.test(image.value)) {
    warn(
      findings,
      "floating-tag",
      image,
      `${image.value.slice(0, 60)} is another image some day: its tag is not fixed.`,
      "Name a version.",
    );
  }
  // A container that ends is not begun again with what it had written: nothing of it outlives a start.
  draft.set("restart", textNode("no", draft.place));
  if (port !== null) readPort(draft, port, ports, findings);
  return draft;
}

/** The application asks for it at the same port; two of one port differ by their host names there, which one host cannot. */
function readPort(
  draft: ServiceDraft,
  { value, node }: { value: number; node: ModelNode },
  ports: Map<number, string>,
  findings: Findings,
): void {
  if (value < 1 || value > 65_535) {
    fail(findings, "bad-value", node, `${value} is no port.`);
    return;
  }
  const other = ports.get(value);
  if (other === undefined) ports.set(value, draft.name);
  else {
    const message = `${other} has the port ${value}, too: here ${draft.name} is published at a free one.`;
    warn(findings, "same-port", node, message, "Give it another port, if the application lets you.");
  }
  draft.set(
    "ports",
    listNode([textNode(other === undefined ? `${value}:${value}` : String(value), node.place)], node.place),
  );
}
