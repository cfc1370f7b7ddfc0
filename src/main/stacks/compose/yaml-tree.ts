import { LineCounter, parseDocument } from "yaml";
import type { Place } from "../../../shared/domain/index.ts";
import { isNestedDeeper } from "./nesting.ts";
import type { Reading } from "./reading.ts";
import type { TreeNode } from "./tree.ts";
import { maxDepth, TooMuch, TreeBuilder } from "./tree-builder.ts";

/** One slip makes many errors; the first ones say what it is. */
const maxErrors = 20;

/**
 * Parses YAML text into a tree of values with places: aliases and merge keys resolved, variables filled in. Everything
 * that is wrong becomes an error finding, and null is given when there is no tree to go on with.
 */
export function readYamlTree(source: string, reading: Reading): TreeNode | null {
  const lineCounter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { file: reading.file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    if (isNestedDeeper(source, maxDepth)) throw new TooMuch(`The file is nested more than ${maxDepth} levels deep.`);
    // Duplicate keys are looked for by the builder: the library compares every key with every other one.
    const document = parseDocument(source, { merge: true, lineCounter, prettyErrors: false, uniqueKeys: false });
    const errors = document.errors.filter(({ pos }, index, all) => pos[0] !== all[index - 1]?.pos[0]);
    for (const { pos, message } of errors.slice(0, maxErrors)) {
      reading.error("compose.yaml", placeAt(pos[0]), `This is not valid YAML: ${message.split("\n")[0]}`);
    }
    for (const { pos, message } of document.warnings.slice(0, maxErrors)) {
      reading.warn(
        "compose.yaml",
        placeAt(pos[0]),
        `This part of the YAML is read as plain values: ${message.split("\n")[0]}`,
      );
    }
    if (reading.hasErrors || document.contents === null) return null;
    const tree = new TreeBuilder(document, reading, placeAt).build();
    // A value that could not be filled in would only make more errors that are none.
    return reading.hasErrors ? null : tree;
  } catch (error) {
    if (error instanceof TooMuch) reading.error("compose.too-large", null, error.message);
    else if (error instanceof RangeError) {
      reading.error("compose.too-large", null, "The YAML of this file is nested too deeply to be read.");
    } else throw error;
    return null;
  }
}
