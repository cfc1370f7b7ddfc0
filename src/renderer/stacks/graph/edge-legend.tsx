import { EdgeMark } from "./graph-edges.tsx";
import type { PlacedEdge } from "./layout-graph.ts";
import { conditionWord } from "./service-words.ts";

const meanings = [
  { word: "started", text: "after it started" },
  { word: "healthy", text: "once it is healthy" },
  { word: "completed", text: "once it completed" },
];

/** What the lines of this drawing mean; nothing when it has none. */
export function EdgeLegend({ edges }: { edges: readonly PlacedEdge[] }) {
  const used = new Set(edges.map(({ condition }) => conditionWord(condition)));
  if (used.size === 0) return <p className="small muted">No service waits for another one.</p>;
  return (
    <ul className="edge-legend" aria-label="Lines">
      {meanings
        .filter(({ word }) => used.has(word))
        .map(({ word, text }) => (
          <li key={word}>
            <svg className="edges" width="36" height="12" aria-hidden={true}>
              <g className={`edge ${word}`}>
                <path d="M1 6H35" />
                <EdgeMark condition={word} x={18} y={6} />
              </g>
            </svg>
            {text}
          </li>
        ))}
    </ul>
  );
}
