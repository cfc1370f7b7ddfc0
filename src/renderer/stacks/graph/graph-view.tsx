import { useEffect, useMemo, useRef, useState } from "react";
import type { Service, Stack } from "../../../shared/domain/index.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { FilterField } from "../../ui/field.tsx";
import { useWidth } from "../../ui/use-width.ts";
import { EdgeLegend } from "./edge-legend.tsx";
import { GraphEdges } from "./graph-edges.tsx";
import { layoutGraph } from "./layout-graph.ts";
import { nextNode } from "./next-node.ts";
import { NodeFacts } from "./node-facts.tsx";
import { nodeDetail, nodeLabel } from "./service-words.ts";
import "./graph.css";

interface GraphViewProps {
  /** Null while the file cannot be read. */
  stack: Stack | null;
  onGo: (path: string, line: number) => void;
}

/** More services than this are drawn as one line each. */
const roomyUpTo = 40;
/** More edges than this are told apart by their marks alone. */
const labelledUpTo = 24;

/** The services of a stack from left to right in the order in which they may start. */
export function GraphView({ stack, onGo }: GraphViewProps) {
  if (stack === null) {
    return (
      <EmptyState title="The graph comes with a file that can be read">
        <p>Mend the errors under Source first.</p>
      </EmptyState>
    );
  }
  return <Graph services={stack.services} onGo={onGo} />;
}

function Graph({ services, onGo }: { services: readonly Service[]; onGo: GraphViewProps["onGo"] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const plane = useRef<HTMLDivElement>(null);
  const width = useWidth(plane);
  const isRoomy = services.length <= roomyUpTo;
  const layout = useMemo(
    () =>
      layoutGraph(services, {
        nodeWidth: isRoomy ? 168 : 132,
        nodeHeight: isRoomy ? 44 : 26,
        layerGap: isRoomy ? 76 : 60,
        rowGap: isRoomy ? 12 : 8,
        margin: 16,
        width,
      }),
    [services, isRoomy, width],
  );
  const byName = useMemo(() => new Map(services.map((service) => [service.name, service])), [services]);
  const first = layout.nodes[0]?.name ?? null;
  const stop = chosen !== null && byName.has(chosen) ? chosen : first;
  const looked = pointed ?? chosen;
  const near = new Set(layout.edges.flatMap(({ from, to }) => (from === looked || to === looked ? [from, to] : [])));
  const wanted = search.trim().toLowerCase();
  const matches = (name: string) => wanted !== "" && name.toLowerCase().includes(wanted);
  const found = wanted === "" ? null : (layout.nodes.find(({ name }) => matches(name))?.name ?? null);
  useEffect(() => {
    if (found !== null) nodeElement(plane.current, found)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [found]);
  // The drawing may be larger than the view: it begins where the first service stands.
  useEffect(() => {
    const start = first === null ? null : nodeElement(plane.current, first);
    start?.scrollIntoView({ block: "center", inline: "nearest" });
  }, [first]);
  const matching = layout.nodes.filter(({ name }) => matches(name)).length;
  return (
    <div className="graph">
      <header>
        <EdgeLegend edges={layout.edges} />
        <span className="push" />
        <FilterField
          label="Find a service"
          value={search}
          onChange={setSearch}
          {...(wanted === "" ? {} : { note: `${matching} of ${services.length}` })}
        />
      </header>
      <div className="graph-scroll" ref={plane}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form. */}
        <div
          className={`graph-plane${looked === null ? "" : " looking"}${isRoomy ? "" : " crowded"}`}
          style={{ width: layout.width, height: layout.height }}
          role="group"
          aria-label="Services, each right of those that it waits for. Arrow keys move between them."
        >
          <GraphEdges layout={layout} looked={looked} isLabelled={layout.edges.length <= labelledUpTo} />
          {layout.aloneY === null ? null : (
            <p className="alone caption" style={{ top: layout.aloneY }}>
              On their own
            </p>
          )}
          {layout.nodes.map(({ name, x, y }) => {
            const service = byName.get(name);
            if (service === undefined) return null;
            const detail = isRoomy ? nodeDetail(service) : "";
            const waitedBy = layout.edges.flatMap(({ from, to }) => (from === name ? [to] : []));
            const tone = `${name === looked || near.has(name) ? " near" : ""}${matches(name) ? " match" : ""}`;
            return (
              <button
                key={name}
                type="button"
                data-node={name}
                className={`node${service.load ? " load" : ""}${tone}`}
                style={{ left: x, top: y, width: isRoomy ? 168 : 132, height: isRoomy ? 44 : 26 }}
                tabIndex={name === stop ? 0 : -1}
                aria-label={nodeLabel(service, waitedBy)}
                onClick={() => onGo(service.place.file, service.place.line)}
                onFocus={() => setChosen(name)}
                onMouseEnter={() => setPointed(name)}
                onMouseLeave={() => setPointed(null)}
                onKeyDown={(event) => {
                  const next = nextNode(layout.nodes, layout.edges, name, event.key);
                  if (next === null) return;
                  event.preventDefault();
                  nodeElement(plane.current, next)?.focus();
                }}
              >
                <span className="clip strong">{name}</span>
                {detail === "" ? null : <span className="detail clip">{detail}</span>}
              </button>
            );
          })}
        </div>
      </div>
      <NodeFacts service={looked === null ? null : (byName.get(looked) ?? null)} />
    </div>
  );
}

function nodeElement(plane: HTMLElement | null, name: string): HTMLElement | null {
  return plane?.querySelector<HTMLElement>(`[data-node="${CSS.escape(name)}"]`) ?? null;
}
