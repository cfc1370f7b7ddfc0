import type { Container } from "../../shared/domain/index.ts";
import type { GlyphShape } from "./device-state.ts";

export interface ContainerWords {
  shape: GlyphShape;
  word: string;
}

/** The shape and the word of a container's state. Only a failure is a cross; a clean exit is a quiet ring. */
export function containerWords(container: Container): ContainerWords {
  if (container.state === "running") {
    if (container.health === "unhealthy") return { shape: "warn", word: "unhealthy" };
    return { shape: "run", word: container.health === "starting" ? "starting" : "running" };
  }
  if (container.state === "restarting") return { shape: "half", word: "restarting" };
  if (container.state === "dead") return { shape: "dead", word: "failed" };
  if (container.state === "exited") {
    const failed = container.oomKilled || (container.exitCode !== null && ![0, 137, 143].includes(container.exitCode));
    return failed ? { shape: "dead", word: "failed" } : { shape: "off", word: "stopped" };
  }
  if (container.state === "unknown") return { shape: "unknown", word: "unknown" };
  return { shape: "off", word: container.state };
}

/** How many containers are in each state, running first, then by urgency. */
export function countByState(containers: readonly Container[]): { shape: GlyphShape; word: string; count: number }[] {
  const order = ["running", "starting", "unhealthy", "failed", "restarting"];
  const counts = new Map<string, { shape: GlyphShape; word: string; count: number }>();
  for (const container of containers) {
    const { shape, word } = containerWords(container);
    const entry = counts.get(word) ?? { shape, word, count: 0 };
    counts.set(word, { ...entry, count: entry.count + 1 });
  }
  const rank = (word: string) => (order.indexOf(word) === -1 ? order.length : order.indexOf(word));
  return [...counts.values()].sort((a, b) => rank(a.word) - rank(b.word));
}
