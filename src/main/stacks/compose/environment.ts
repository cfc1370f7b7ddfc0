import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { EnvFileProblem, parseEnvFile } from "./env-file.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { TreeNode } from "./tree.ts";
import { readFlag, readPairs, readText, textOf } from "./values.ts";

const maxEnvFileBytes = 1024 * 1024;

/** The service's environment: its env files in order, and `environment` over them. A name alone takes the value from outside. */
export function readEnvironment(fields: Fields): Record<string, string> {
  const { variables } = fields.reading;
  const values = new Map<string, string>();
  const set = (name: string, value: string | null) => {
    const given = value ?? variables(name);
    // As in Compose: a name that has no value anywhere is not passed on at all.
    if (given === undefined) values.delete(name);
    else values.set(name, given);
  };
  for (const { path, node, isRequired } of readEnvFileList(fields)) {
    for (const [name, value] of readEnvFile(fields, path, node, isRequired)) set(name, value);
  }
  for (const { name, value } of readPairs(fields, "environment")) set(name, value);
  return Object.fromEntries(values);
}

interface EnvFile {
  path: string;
  node: TreeNode;
  isRequired: boolean;
}

function readEnvFileList(fields: Fields): EnvFile[] {
  const node = fields.get("env_file");
  if (node === null) return [];
  const what = `\`env_file\` of ${fields.owner}`;
  return (node.kind === "list" ? node.items : [node]).flatMap((item) => {
    if (item.kind !== "map") {
      const path = textOf(fields.reading, item, what);
      return path === null ? [] : { path, node: item, isRequired: true };
    }
    const file = fieldsOf(fields.reading, item, what);
    const path = file === null ? null : readText(file, "path");
    const isRequired = file === null ? true : readFlag(file, "required", true);
    file?.finish();
    return path === null ? [] : { path, node: item, isRequired };
  });
}

function readEnvFile(
  fields: Fields,
  path: string,
  node: TreeNode,
  isRequired: boolean,
): Iterable<[string, string | null]> {
  const { reading } = fields;
  const file = resolve(reading.folder, path);
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > maxEnvFileBytes) {
      reading.error("compose.env-file", node.place, `The env file ${file} is not a text file of at most 1 MiB.`);
      return [];
    }
    return parseEnvFile(readFileSync(file, "utf8"), reading.variables);
  } catch (error) {
    if (error instanceof EnvFileProblem) {
      const place = { file, line: error.line, column: 1 };
      reading.error("compose.env-file", place, `The env file cannot be read: ${error.message}.`);
    } else if (!(error instanceof Error && "code" in error)) throw error;
    else if (isRequired || error.code !== "ENOENT") {
      const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${String(error.code)})`;
      reading.error("compose.env-file", node.place, `The env file ${file} of ${fields.owner} ${why}.`);
    }
    return [];
  }
}
