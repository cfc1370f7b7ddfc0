import { randomBytes } from "node:crypto";
import { AppError } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import { checkOutside, containersMax, parseOutsideJson } from "../outside-text.ts";
import { type KantoContainer, kantoContainerSchema } from "./container-json.ts";
import { checkedId, type KantoCm } from "./kanto-cm.ts";
import { unreadable } from "./kanto-errors.ts";

/** A list of a device with many containers is as many calls of kanto-cm, one after the other. */
const listTimeoutMs = 30_000;

/**
 * Every container in one round trip: the ids, then each one's JSON between two lines with a mark that nobody on the
 * device can know beforehand. Ids that look like an option or a pattern are not passed on. POSIX.1-2017 sh.
 */
const listScript = `
mark=$1; how=$2; path=$3
cm() { if [ "$how" = sudo ]; then sudo -n "$path" "$@"; else "$path" "$@"; fi; }
set -f
ids=$(cm list -q </dev/null) || exit
printf '%s ids\\n' "$mark"
for id in $ids; do
  case $id in -*|*[!A-Za-z0-9_.-]*) printf '%s odd\\n' "$mark"; continue;; esac
  printf '%s get %s\\n' "$mark" "$id"
  cm get "$id" </dev/null
  printf '\\n%s end %s\\n' "$mark" "$?"
done
printf '%s done\\n' "$mark"
`;

/** One `kanto-cm get` of many: what it printed, and how it ended. */
export interface GetAnswer {
  id: string;
  text: string;
  exitCode: number;
}

/** Takes the list script's output apart. Throws `engine-failed` when it is cut or out of order. */
export function parseGetAnswers(output: string, mark: string): GetAnswer[] {
  const answers: GetAnswer[] = [];
  const lines = output.split("\n");
  let open: { id: string; lines: string[] } | null = null;
  let listed = false;
  for (const line of lines) {
    if (!line.startsWith(`${mark} `)) {
      open?.lines.push(line);
      continue;
    }
    const [word = "", rest = ""] = line.slice(mark.length + 1).split(" ");
    if (word === "ids" && !listed) listed = true;
    else if (word === "get" && open === null && answers.length < containersMax) open = { id: rest, lines: [] };
    else if (word === "end" && open !== null) {
      answers.push({ id: open.id, text: open.lines.join("\n"), exitCode: Number(rest) });
      open = null;
    } else if (word === "done" && open === null && listed) return answers;
    else if (answers.length >= containersMax) throw unreadable("Containers", `more than ${containersMax} containers`);
    else
      throw unreadable(
        "Containers",
        word === "odd" ? "it lists an id that is none" : `a ${saidWords(word, 40)} out of order`,
      );
  }
  throw unreadable("Containers", "the list is cut");
}

/** Reads what `kanto-cm get` printed. Throws `engine-failed` with the place where it is not what it should be. */
export function parseContainer(text: string, what: string): KantoContainer {
  let value: unknown;
  try {
    value = parseOutsideJson(text);
  } catch (error) {
    throw unreadable(what, error);
  }
  const parsed = checkOutside(kantoContainerSchema, value);
  if (!parsed.success) throw unreadable(what, parsed.error);
  return parsed.data;
}

/** Every container of the device. One that goes while the list is made is left out; any other trouble is thrown. */
export async function readContainers(cm: KantoCm): Promise<KantoContainer[]> {
  const mark = `bayplan-${randomBytes(12).toString("hex")}`;
  const words = ["sh", "-c", listScript, "sh", mark, cm.needsSudo ? "sudo" : "user", cm.path];
  const result = await cm.exec(words, { what: "Containers", timeoutMs: listTimeoutMs });
  if (result.exitCode !== 0) throw cm.failure("Containers", result);
  const containers: KantoContainer[] = [];
  const gone: string[] = [];
  for (const answer of parseGetAnswers(result.stdout, mark)) {
    if (answer.exitCode === 0) containers.push(parseContainer(answer.text, `Container ${answer.id}`));
    else {
      // Its words went to the common error stream: it is asked once more, alone.
      const again = await readContainerOrGone(cm, answer.id);
      if (again === null) gone.push(answer.id);
      else containers.push(again);
    }
  }
  if (gone.length > 0) await requireGone(cm, gone);
  return containers;
}

/** What was listed and then not found has gone meanwhile; when it is listed still, the list is not what it should be. */
async function requireGone(cm: KantoCm, gone: readonly string[]): Promise<void> {
  const listed = new Set((await cm.run(["list", "-q"], { what: "Containers" })).split(/\s+/));
  const odd = gone.find((id) => listed.has(id));
  if (odd !== undefined) throw unreadable("Containers", `it lists ${odd} and does not find it`);
}

export async function readContainer(cm: KantoCm, id: string): Promise<KantoContainer> {
  const what = `Container ${id}`;
  return parseContainer(await cm.run(["get", checkedId(id)], { what }), what);
}

/** Null for one that is not there any more. */
export async function readContainerOrGone(cm: KantoCm, id: string): Promise<KantoContainer | null> {
  try {
    return await readContainer(cm, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}
