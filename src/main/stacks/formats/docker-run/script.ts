import { ModelProblem } from "../../compose/model-problem.ts";
import { boolNode, type ModelNode, mapNode, nullNode, type TextNode, textNode } from "../../compose/node.ts";
import { type Findings, fail, note, warn } from "../fields.ts";
import type { WordFiller } from "./fill-words.ts";
import type { RunCommand } from "./options.ts";
import { type EngineCommand, engineCommand, readRunCommand } from "./read-command.ts";
import { type Statement, type Word, wordText } from "./shell-words.ts";

/** More containers than this are no script that somebody wrote. */
const maxCommands = 200;

const keywords = /^(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|function|\{|\}|!)$/;

/** What changes nothing about what runs. */
const harmless = /^(?:set|echo|printf|sleep|true|:|wait|exit|shopt|trap|read|test|\[|\[\[)$/;

/** What a script says, command by command. */
export class Script {
  readonly commands: RunCommand[] = [];
  readonly networks = new Map<string, ModelNode>();
  readonly volumes = new Map<string, ModelNode>();

  constructor(
    readonly filler: WordFiller,
    readonly findings: Findings,
  ) {}

  take({ words }: Statement): void {
    let from = 0;
    const first = words[0] === undefined ? "" : wordText(words[0]);
    if (keywords.test(first)) {
      if (/^(?:if|for|while|until|case|function)$/.test(first)) this.#remarkControlFlow(first, words);
      if (/^(?:for|case|function)$/.test(first)) return;
      from = 1;
    }
    const opener = words[from];
    if (opener !== undefined && /^(?:export|readonly|local|declare)$/.test(wordText(opener))) from += 1;
    for (let word = words[from]; word !== undefined && this.filler.assign(word); word = words[from]) from += 1;
    const rest = words.slice(from);
    const [name] = rest;
    if (name === undefined || harmless.test(wordText(name))) return;
    // Only what may be an engine's command is filled in: what another command uses is nobody's concern.
    const isEngine = engineCommand(rest.map((word) => textNode(wordText(word), word.place))) !== null;
    const command = isEngine ? engineCommand(rest.map((word) => this.filler.fill(word))) : null;
    if (command !== null) this.#takeCommand(command);
    else note(this.findings, "not-run", textNode("", name.place), `\`${wordText(name).slice(0, 60)}\` is not run.`);
  }

  #remarkControlFlow(keyword: string, [word]: readonly Word[]): void {
    if (word === undefined) return;
    const message = `\`${keyword}\` is not followed: what stands inside is read as if it ran once.`;
    warn(this.findings, "control-flow", textNode("", word.place), message);
  }

  #takeCommand(command: EngineCommand): void {
    const { verb, rest, at } = command;
    if (verb === "run" || verb === "create") {
      if (this.commands.length >= maxCommands) {
        throw new ModelProblem(
          "docker-run.too-large",
          `The script runs more than ${maxCommands} containers.`,
          at.place,
        );
      }
      const read = readRunCommand(rest, at, this.findings);
      if (read !== null) this.commands.push(read);
    } else if (verb === "network create") this.#createNetwork(rest, at);
    else if (verb === "volume create") {
      const name = rest.find(({ value }) => !value.startsWith("-"));
      if (name !== undefined) this.volumes.set(name.value, nullNode(name.place));
    } else if (
      !/^(?:pull|rm|stop|kill|start|restart|logs|ps|images|login|wait|inspect|network rm|volume rm|image pull)$/.test(
        verb,
      )
    ) {
      note(this.findings, "not-run", at, `\`docker ${verb.slice(0, 40)}\` is not run.`);
    }
  }

  #createNetwork(words: readonly TextNode[], at: TextNode): void {
    const entries: [string, ModelNode][] = [];
    let name: TextNode | null = null;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index];
      if (word === undefined) continue;
      const [, option = "", , given] = /^--?([a-z-]+)(=(.*))?$/.exec(word.value) ?? [];
      if (option === "internal") entries.push(["internal", boolNode(true, word.place)]);
      else if (option === "driver" || option === "d") {
        const driver = given === undefined ? (words[index + 1] ?? word) : { ...word, value: given };
        if (given === undefined) index += 1;
        if (driver.value !== "bridge") entries.push(["driver", driver]);
      } else if (/^(?:subnet|gateway|ip-range|opt|o|label|ipam-driver|ipam-opt|aux-address|scope)$/.test(option)) {
        if (given === undefined) index += 1;
        warn(this.findings, "not-applied", word, `\`--${option}\` of the network is not applied.`);
      } else if (option !== "")
        warn(this.findings, "not-applied", word, `\`${word.value.slice(0, 40)}\` of the network is not applied.`);
      else name = word;
    }
    if (name === null) fail(this.findings, "bad-value", at, "This network has no name.");
    else this.networks.set(name.value, { ...mapNode(entries, name.place), keyPlace: name.place });
  }
}
