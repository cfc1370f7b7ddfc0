import type { EngineEvent } from "../engine.ts";
import { containersMax } from "../outside-text.ts";
import { unreadable } from "./kanto-errors.ts";

/** One line of `kanto-cm list`: all that a look for changes needs, for one process on the device however many there are. */
export interface ListedRow {
  id: string;
  name: string;
  image: string;
  /** Kanto's word: Creating, Created, Running, Stopped, Paused, Exited, Dead, Unknown. */
  status: string;
  finishedAt: string;
  exitCode: number;
}

const columns = ["ID", "Name", "Image", "Status", "Finished At", "Exit Code"];

function cellsOf(line: string): string[] {
  const cells = line.split("|").map((cell) => cell.trim());
  if (cells.at(-1) === "") cells.pop();
  return cells;
}

/**
 * Reads the table: cells are set apart by `|` and filled up with blanks or tabs (containerm/cli/cli_command_ctrs_list.go,
 * Go's tabwriter with its Debug flag). Throws `engine-failed` for what is no such table.
 */
export function parseListTable(output: string): ListedRow[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const [head, rule, ...rows] = lines;
  if (head === undefined) return [];
  // Both wordings are in Kanto's own tests.
  if (lines.length === 1 && /^No (containers found|found containers)\.$/.test(head.trim())) return [];
  if (cellsOf(head).join("|") !== columns.join("|") || rule === undefined || !/^-+/.test(rule.trim())) {
    throw unreadable("Containers", `this is no list: ${JSON.stringify(head.slice(0, 80))}`);
  }
  if (rows.length > containersMax) throw unreadable("Containers", `more than ${containersMax} containers`);
  return rows.map((row) => {
    const [id = "", name = "", image = "", status = "", finishedAt = "", exit = "", ...more] = cellsOf(row);
    if (id === "" || !/^-?\d+$/.test(exit) || more.length > 0) {
      throw unreadable("Containers", `this is no line of a list: ${JSON.stringify(row.slice(0, 80))}`);
    }
    return { id, name, image, status, finishedAt, exitCode: Number(exit) };
  });
}

function isUp(row: ListedRow): boolean {
  return row.status === "Running" || row.status === "Paused";
}

/** What must have happened between two looks, in the order in which it can have happened. `atMs` is that of the later look. */
export function eventsBetween(before: readonly ListedRow[], after: readonly ListedRow[], atMs: number): EngineEvent[] {
  const old = new Map(before.map((row) => [row.id, row]));
  const events: EngineEvent[] = [];
  const say = (row: ListedRow, action: EngineEvent["action"]): void => {
    events.push({
      atMs,
      action,
      containerId: row.id,
      labels: { name: row.name, image: row.image },
      exitCode: action === "die" ? row.exitCode : null,
      health: null,
    });
  };
  for (const row of after) {
    const was = old.get(row.id);
    old.delete(row.id);
    if (was === undefined) say(row, "create");
    const wasUp = was !== undefined && isUp(was);
    // A new time of ending means that it ended in between, though it may be up again.
    const ended = wasUp && (!isUp(row) || row.finishedAt !== was.finishedAt);
    if (ended) say(row, "die");
    if (isUp(row) && (!wasUp || ended)) say(row, "start");
    if (wasUp && !ended && was.status !== row.status) say(row, row.status === "Paused" ? "pause" : "unpause");
  }
  for (const row of old.values()) {
    if (isUp(row)) say(row, "die");
    say(row, "destroy");
  }
  return events;
}
