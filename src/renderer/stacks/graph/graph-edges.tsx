import type { GraphLayout } from "./layout-graph.ts";
import { conditionWord } from "./service-words.ts";

interface GraphEdgesProps {
  layout: GraphLayout;
  /** The service that is looked at: its edges stand out, and say their condition. */
  looked: string | null;
  isLabelled: boolean;
}

/** The lines between services; the nodes tell the same in words. */
export function GraphEdges({ layout, looked, isLabelled }: GraphEdgesProps) {
  return (
    <svg className="edges" width={layout.width} height={layout.height} aria-hidden={true}>
      <defs>
        <marker
          id="edge-end"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M1 1 7 4 1 7" />
        </marker>
      </defs>
      {layout.edges.map(({ from, to, condition, path, markX, markY }) => {
        const isNear = from === looked || to === looked;
        const word = conditionWord(condition);
        return (
          <g key={`${from} ${to}`} className={`edge ${word}${isNear ? " near" : ""}`}>
            <path d={path} markerEnd="url(#edge-end)" />
            <EdgeMark condition={word} x={markX} y={markY} />
            {(isLabelled || isNear) && word !== "started" ? (
              <text x={markX} y={markY - 8}>
                {word}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

/** The shape of a condition: none for "started", a disc for "healthy", a square for "completed". */
export function EdgeMark({ condition, x, y }: { condition: string; x: number; y: number }) {
  if (condition === "healthy") return <circle cx={x} cy={y} r="4" />;
  return condition === "completed" ? <rect x={x - 3.5} y={y - 3.5} width="7" height="7" /> : null;
}
