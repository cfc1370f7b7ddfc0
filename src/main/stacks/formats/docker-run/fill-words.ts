import { ModelProblem } from "../../compose/model-problem.ts";
import { type TextNode, textNode } from "../../compose/node.ts";
import { type Findings, note, warn } from "../fields.ts";
import { type Word, wordText } from "./shell-words.ts";

/** A variable that holds another one twice, and is held twice itself, must not fill the memory. */
const maxLetters = 4 * 1024 * 1024;

/** Fills in what a script says of itself; the rest stays visible as it is written, each with a remark. */
export class WordFiller {
  readonly #known: Map<string, string>;
  readonly #remarked = new Set<string>();
  #letters = 0;

  constructor(
    /** Where the script lies, which is where it is taken to be run. */
    readonly folder: string,
    home: string | undefined,
    readonly findings: Findings,
  ) {
    this.#known = new Map([["PWD", folder], ...(home === undefined ? [] : [["HOME", home] as const])]);
  }

  /**
   * The text of a word, and the place where it stands.
   * @throws ModelProblem when everything that was filled in is too long.
   */
  fill(word: Word): TextNode {
    const node = textNode("", word.place);
    for (const part of word.parts) {
      const length = node.value.length;
      if (part.kind === "text") node.value += part.value;
      else if (part.kind === "variable")
        node.value += this.#known.get(part.name) ?? part.fallback ?? this.#left(part.source, node);
      else if (/^(?:\$\(\s*pwd\s*\)|`\s*pwd\s*`)$/.test(part.source)) node.value += this.folder;
      else node.value += this.#left(part.source, node);
      this.#letters += node.value.length - length;
      if (this.#letters > maxLetters) throw tooLong(word);
      if (part.kind !== "text" && /\bpwd\b/i.test(part.source)) this.#remarkFolder(node);
    }
    return node;
  }

  /** Takes `NAME=value`; false when the word is no assignment. */
  assign(word: Word): boolean {
    const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(wordText(word))?.[1];
    if (name === undefined) return false;
    this.#known.set(name, this.fill(word).value.slice(name.length + 1));
    return true;
  }

  #left(source: string, node: TextNode): string {
    const isCommand = !/^\$\{?[A-Za-z_0-9]/.test(source);
    const message = isCommand
      ? `\`${source.slice(0, 60)}\` is left as it is written: nothing of the script is run.`
      : `${source.slice(0, 60)} is left as it is written: the script does not say what it is.`;
    warn(this.findings, "variable", node, message, "Write the value itself, or set it in a line before.");
    return source;
  }

  #remarkFolder(node: TextNode): void {
    if (this.#remarked.has("PWD")) return;
    this.#remarked.add("PWD");
    note(this.findings, "folder", node, `The current folder is taken to be that of the file, ${this.folder}.`);
  }
}

function tooLong({ place }: Word): ModelProblem {
  const message = `With its variables filled in the script is longer than ${maxLetters / 1024 ** 2} MiB.`;
  return new ModelProblem("docker-run.too-large", message, place, "Does a variable hold itself several times?");
}
