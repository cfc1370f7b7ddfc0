import type { TextNode } from "../../compose/node.ts";
import { ServiceDraft } from "../compose-model.ts";
import { type Findings, fail } from "../fields.ts";
import { type Option, optionOf, type RunCommand } from "./options.ts";

/** Options of `docker` itself that are followed by a value. */
const engineOptions = /^(?:--host|-H|--context|-c|--config|--log-level|-l|--tlscacert|--tlscert|--tlskey)$/;

export interface EngineCommand {
  /** `run`, `network create`. */
  verb: string;
  /** What follows it. */
  rest: TextNode[];
  /** The word that the verb stands in. */
  at: TextNode;
}

/** The command of an engine that some words are; null for another program. */
export function engineCommand(words: readonly TextNode[]): EngineCommand | null {
  let at = 0;
  const word = (index: number): string => words[index]?.value ?? "";
  if (word(at) === "$") at += 1;
  while (/^(?:sudo|exec|command|time|nohup)$/.test(word(at)) || (at > 0 && /^-[nEHS]+$/.test(word(at)))) at += 1;
  if (!/^(?:.*\/)?(?:docker|podman|nerdctl|balena|balena-engine)$/.test(word(at))) return null;
  at += 1;
  while (word(at).startsWith("-")) at += engineOptions.test(word(at)) ? 2 : 1;
  const verb = words[at];
  if (verb === undefined) return null;
  const isGroup = /^(?:container|network|volume|image|system)$/.test(verb.value) && words[at + 1] !== undefined;
  const name = isGroup ? `${verb.value} ${word(at + 1)}` : verb.value;
  return { verb: name.replace(/^container /, ""), rest: words.slice(at + (isGroup ? 2 : 1)), at: verb };
}

/** Reads what follows `docker run`; null when it names no image, or an option that there is not. */
export function readRunCommand(words: readonly TextNode[], at: TextNode, findings: Findings): RunCommand | null {
  const command: RunCommand = {
    draft: new ServiceDraft("", at.place),
    findings,
    volumes: new Map(),
    networks: [],
    networkAliases: [],
    environment: [],
    environmentFiles: [],
    name: null,
    cpuQuota: null,
    cpuPeriod: null,
  };
  const rest = new Words(words);
  for (let word = rest.next(); word !== null; word = rest.next()) {
    if (word.value === "--") continue;
    if (!word.value.startsWith("-") || word.value === "-") return withImage(command, word, rest.remaining());
    if (!readOption(command, word, rest)) return null;
  }
  fail(findings, "no-image", at, "This command names no image.", "Write the image after the options.");
  return null;
}

class Words {
  #at = 0;

  constructor(readonly words: readonly TextNode[]) {}

  next(): TextNode | null {
    const word = this.words[this.#at];
    this.#at += 1;
    return word ?? null;
  }

  remaining(): TextNode[] {
    return this.words.slice(this.#at);
  }
}

/** `--name`, `--name=value`, `--name value`; `-x`, `-xvalue`, `-x=value`, `-x value`, and switches together as in `-dit`. */
function readOption(command: RunCommand, word: TextNode, rest: Words): boolean {
  if (word.value.startsWith("--")) {
    const [, name = "", , given] = /^--([^=]*)(=([\s\S]*))?$/.exec(word.value) ?? [];
    const found = name.length > 1 ? optionOf(name) : null;
    if (found === null) return unknown(command, word, `--${name}`);
    return apply(command, word, `--${name}`, found.option, given ?? null, rest);
  }
  for (let at = 1; at < word.value.length; at += 1) {
    const letter = word.value[at] ?? "";
    const found = optionOf(letter);
    if (found === null) return unknown(command, word, `-${letter}`);
    const after = word.value.slice(at + 1);
    if (found.option.takesValue)
      return apply(command, word, `-${letter}`, found.option, after === "" ? null : after.replace(/^=/, ""), rest);
    const isGiven = after.startsWith("=");
    if (!apply(command, word, `-${letter}`, found.option, isGiven ? after.slice(1) : null, rest)) return false;
    if (isGiven) return true;
  }
  return true;
}

function unknown({ findings }: RunCommand, word: TextNode, name: string): boolean {
  const message = `\`docker run\` has no option ${name.slice(0, 40)}.`;
  fail(findings, "unknown-option", word, message, "What follows it cannot be read either: correct it, or take it out.");
  return false;
}

function apply(
  command: RunCommand,
  word: TextNode,
  name: string,
  option: Option,
  given: string | null,
  rest: Words,
): boolean {
  if (!option.takesValue) {
    option.take(command, { ...word, value: given ?? "true", keyPlace: word.place });
    return true;
  }
  const following = given === null ? rest.next() : null;
  if (given === null && following === null) {
    fail(command.findings, "no-value", word, `The option ${name} has no value.`);
    return false;
  }
  const node = following ?? { ...word, value: given ?? "" };
  option.take(command, { ...node, keyPlace: word.place });
  return true;
}

function withImage(command: RunCommand, image: TextNode, words: TextNode[]): RunCommand {
  const { draft } = command;
  draft.set("image", image);
  const [first] = words;
  if (first !== undefined) draft.set("command", { kind: "list", items: words, place: first.place });
  return command;
}
