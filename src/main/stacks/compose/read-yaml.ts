import { type Document, LineCounter, parseAllDocuments } from "yaml";
import type { Place } from "../../../shared/domain/index.ts";
import { DocumentReader, maxDepth, type YamlDocument } from "./document-reader.ts";
import { ModelProblem } from "./model-problem.ts";
import { isNestedDeeper } from "./nesting.ts";

/**
 * The documents of a YAML text with anchors and merge keys resolved, each value with its place.
 * A value tagged `!reset` is left out. A document that holds nothing but comments is none.
 * @throws ModelProblem for text that is no YAML, a key that stands twice or is no text, an alias that holds itself.
 */
export function readYaml(file: string, text: string): YamlDocument[] {
  const lineCounter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (isNestedDeeper(text, maxDepth)) {
    throw new ModelProblem("compose.too-large", `The file is nested more than ${maxDepth} levels deep.`, placeAt(0));
  }
  try {
    // The failsafe schema leaves every scalar as it is written: what it means is decided in yaml-scalar.ts.
    const documents = parseAllDocuments(text, {
      lineCounter,
      schema: "failsafe",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    return "empty" in documents ? [] : documents.flatMap((document) => readDocument(document, placeAt));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ModelProblem("compose.too-large", "The YAML of this file is nested too deeply to be read.", placeAt(0));
  }
}

function readDocument(document: Document.Parsed, placeAt: (offset: number) => Place): YamlDocument[] {
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = error.message.split("\n")[0] ?? "";
    throw new ModelProblem("compose.yaml", `This is not valid YAML: ${reason}`, placeAt(error.pos[0]));
  }
  return [new DocumentReader(document, placeAt).read()];
}
