import { resolve } from "node:path";
import type { Build } from "../../../shared/domain/index.ts";
import { badValue, type Fields, fieldsOf } from "./fields.ts";
import { readPairs, readText } from "./values.ts";

/** Contexts that the engine would have to fetch: only folders of this machine are sent. */
const remoteContext = /^(?:[a-z]+:\/\/|git@|github\.com\/)/;

/** `build` of a service: a folder, or a mapping with context, dockerfile, args and target. */
export function readBuild(fields: Fields): Build | null {
  const node = fields.get("build");
  if (node === null) return null;
  const { reading } = fields;
  if (node.kind === "scalar") {
    const context = String(node.value);
    if (remoteContext.test(context)) return refuseRemote(fields, context);
    return { context: resolve(reading.folder, context), dockerfile: "Dockerfile", args: {}, target: null };
  }
  const build = fieldsOf(reading, node, `\`build\` of ${fields.owner}`);
  if (build === null) return null;
  const context = readText(build, "context") ?? ".";
  const args = readPairs(build, "args").flatMap(({ name, value }) => {
    const given = value ?? reading.variables(name);
    return given === undefined ? [] : [[name, given] as const];
  });
  const result: Build = {
    context: resolve(reading.folder, context),
    dockerfile: readText(build, "dockerfile") ?? "Dockerfile",
    args: Object.fromEntries(args),
    target: readText(build, "target"),
  };
  build.finish();
  return remoteContext.test(context) ? refuseRemote(fields, context) : result;
}

function refuseRemote(fields: Fields, context: string): null {
  const node = fields.get("build");
  const message = `the build of ${fields.owner} comes from ${context.slice(0, 80)}; only folders of this machine are built.`;
  if (node !== null) badValue(fields.reading, node, message, "Clone it and name the folder.");
  return null;
}
