import { Composer, type CST, type Document, LineCounter, Parser } from "yaml";
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
    const { documents, misfits } = withoutStackTraces(() => composeAll(text, lineCounter));
    const read = documents.flatMap((document) => readDocument(document, placeAt));
    for (const { message, source, offset } of misfits) {
      throw invalidYaml(`${message}: ${JSON.stringify(source)}`, placeAt(offset));
    }
    return read;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ModelProblem("compose.too-large", "The YAML of this file is nested too deeply to be read.", placeAt(0));
  }
}

/**
 * The documents up to the first token that fits nowhere, and that token, if there is one. Nothing behind it is looked at:
 * each closing brace of a long row would be an error of its own.
 */
function composeAll(text: string, lineCounter: LineCounter) {
  const misfits: CST.ErrorToken[] = [];
  const tokens = new Parser(lineCounter.addNewLine).parse(text);
  const fitting = function* (): Generator<CST.Token> {
    for (const token of tokens) {
      if (token.type === "error") {
        misfits.push(token);
        return;
      }
      yield token;
    }
  };
  // The failsafe schema leaves every scalar as it is written: what it means is decided in yaml-scalar.ts.
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  const documents = [...composer.compose(fitting())];
  return { documents, misfits };
}

/** The composer makes an error of each thing that is wrong in a document: to note where in its code costs more than all else. */
function withoutStackTraces<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function readDocument(document: Document.Parsed, placeAt: (offset: number) => Place): YamlDocument[] {
  const [error] = document.errors;
  if (error !== undefined) throw invalidYaml(error.message, placeAt(error.pos[0]));
  return [new DocumentReader(document, placeAt).read()];
}

function invalidYaml(message: string, place: Place): ModelProblem {
  return new ModelProblem("compose.yaml", `This is not valid YAML: ${message.split("\n")[0] ?? ""}`, place);
}
