import { Composer, type CST, type Document, LineCounter, Parser } from "yaml";
import type { Place } from "../../../shared/domain/index.ts";
import { DocumentReader, maxDepth, type YamlDocument } from "./document-reader.ts";
import { ModelProblem } from "./model-problem.ts";
import { toParserDialect } from "./yaml-dialect.ts";

/**
 * The documents of a YAML text with anchors and merge keys resolved, each value with its place.
 * A value tagged `!reset` is left out. A document that holds nothing but comments is none.
 * @throws ModelProblem for text that is no YAML, a key that stands twice or is no text, an alias that holds itself.
 */
export function readYaml(file: string, source: string): YamlDocument[] {
  const { text, misfit, isTooDeep, originalOffset } = toParserDialect(source, maxDepth);
  const lineCounter = new LineCounter();
  for (let start = 0; start >= 0; start = source.indexOf("\n", start) + 1 || -1) lineCounter.addNewLine(start);
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(originalOffset(offset));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (isTooDeep) {
    throw new ModelProblem("compose.too-large", `The file is nested more than ${maxDepth} levels deep.`, placeAt(0));
  }
  if (misfit !== null) throw invalidYaml(misfit.message, placeAt(misfit.offset));
  try {
    const { documents, misfits } = withoutStackTraces(() => composeAll(text));
    const read = documents.flatMap((document) => readDocument(document, placeAt));
    for (const token of misfits) {
      throw invalidYaml(`${token.message}: ${JSON.stringify(token.source)}`, placeAt(token.offset));
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
function composeAll(text: string) {
  const misfits: CST.ErrorToken[] = [];
  const tokens = new Parser().parse(text);
  const directives = new Set<string>();
  const fitting = function* (): Generator<CST.Token> {
    for (const token of tokens) {
      if (token.type === "document") directives.clear();
      const misfit = token.type === "directive" ? misfitOf(token, directives) : token;
      if (misfit?.type === "error") {
        misfits.push(misfit);
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

/** Compose's reader knows YAML 1.1 and nothing else, each directive once a document; null for one that it takes. */
function misfitOf({ offset, source }: CST.Directive, seen: Set<string>): CST.ErrorToken | null {
  const [name = "", first = ""] = source.trim().split(/[ \t]+/);
  const key = name === "%TAG" ? `${name} ${first}` : name;
  const isTwice = seen.has(key);
  seen.add(key);
  if ((key === "%YAML" && first === "1.1" && !isTwice) || (name === "%TAG" && !isTwice)) return null;
  const message = isTwice ? "This directive stands here twice" : "The only directives are `%YAML 1.1` and `%TAG`";
  return { type: "error", offset, source, message };
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
  // Compose's reader takes a comment right after what stands before it.
  const error = document.errors.find(({ message }) => !message.startsWith("Comments must be separated"));
  if (error !== undefined) throw invalidYaml(error.message, placeAt(error.pos[0]));
  return [new DocumentReader(document, placeAt).read()];
}

function invalidYaml(message: string, place: Place): ModelProblem {
  return new ModelProblem("compose.yaml", `This is not valid YAML: ${message.split("\n")[0] ?? ""}`, place);
}
