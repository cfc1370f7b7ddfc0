import type { Stack } from "../../../shared/domain/index.ts";
import { Fields, fieldsOf } from "./fields.ts";
import { isProjectName, projectNameOf } from "./project-name.ts";
import type { Reading } from "./reading.ts";
import { checkReferences } from "./references.ts";
import { type ReadService, readService } from "./service.ts";
import { readLoadDescription, readStackNetworks, readStackVolumes } from "./top-level.ts";
import { describe, type TreeNode } from "./tree.ts";
import { readText } from "./values.ts";

/** More services than this do not run on one small device; the bound keeps every check quick. */
const maxServices = 200;

/** Gives a tree its meaning as a stack; null when an error finding stands. */
export function readStack(reading: Reading, root: TreeNode): Stack | null {
  if (root.kind !== "map") {
    const message = `A compose file is a mapping with \`services\`; this one is ${describe(root)}.`;
    reading.error("compose.wrong-type", root.place, message, "Begin the file with `services:`.");
    return null;
  }
  const fields = new Fields(reading, root, "the stack");
  const version = fields.get("version");
  if (version !== null) {
    reading.info("compose.obsolete-key", version.place, "`version` has no meaning any more and can be left out.");
  }
  const name = readProjectName(fields);
  const services = readServices(fields);
  const volumes = readStackVolumes(fields);
  const networks = readStackNetworks(fields);
  const loadDescription = readLoadDescription(fields);
  fields.finish();
  checkReferences(reading, services, { volumes, networks });
  if (reading.hasErrors || name === null) return null;
  const plain = services.map(({ service }) => service);
  return { name, file: reading.file, services: plain, volumes, networks, loadDescription };
}

function readServices(fields: Fields): ReadService[] {
  const { reading } = fields;
  const node = fields.get("services");
  const group = node === null ? null : fieldsOf(reading, node, "`services`");
  if (node !== null && group === null) return [];
  const entries = [...(group?.map.entries.values() ?? [])].filter(({ key }) => !key.startsWith("x-"));
  if (entries.length === 0) {
    const message = "The file has no services.";
    reading.error("compose.no-services", (node ?? fields.map).place, message, "Add at least one under `services:`.");
  }
  if (entries.length > maxServices) {
    reading.error("compose.too-large", node?.place ?? null, `The file has more than ${maxServices} services.`);
    return [];
  }
  return entries.flatMap(({ key: name, keyPlace, node: value }) => {
    if (!/^[a-zA-Z0-9._-]{1,200}$/.test(name)) {
      const message = `"${name.slice(0, 60)}" cannot be the name of a service.`;
      reading.error("compose.bad-value", keyPlace, message, "Use letters, digits, dots, dashes and underscores.");
      return [];
    }
    const service = fieldsOf(reading, value, `service \`${name}\``);
    return service === null ? [] : [readService(name, keyPlace, service)];
  });
}

/** COMPOSE_PROJECT_NAME, else the file's `name`, else the folder's name, as Compose orders them. */
function readProjectName(fields: Fields): string | null {
  const { reading } = fields;
  const written = readText(fields, "name");
  const chosen = reading.variables("COMPOSE_PROJECT_NAME") || written;
  if (chosen !== null) {
    if (isProjectName(chosen)) return chosen;
    const message = `"${chosen.slice(0, 60)}" cannot be the name of a stack.`;
    const hint = "Use lower case letters, digits, dashes and underscores, with a letter or digit first.";
    reading.error("compose.project-name", fields.get("name")?.place ?? null, message, hint);
    return null;
  }
  const name = projectNameOf(reading.folder);
  if (name !== "") return name;
  const message = `The folder ${reading.folder} gives no name for the stack.`;
  reading.error("compose.project-name", fields.map.place, message, "Add a line like `name: gateway` to the file.");
  return null;
}
