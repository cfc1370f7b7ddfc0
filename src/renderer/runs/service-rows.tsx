import { memo, useEffect, useMemo, useRef } from "react";
import { peakIndex, type RunColumns } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { type ChartColors, onThemeChange, readChartColors } from "../ui/chart-colors.ts";
import type { ChartSource } from "./chart-specs.ts";
import { columnEdges, pickAt } from "./pick-samples.ts";
import { type Span, shareOf } from "./time-window.ts";

const rowHeight = 44;
const memoryHeight = 26;
const gap = 3;

interface RowProps {
  columns: RunColumns;
  window: Span;
  pixels: number;
  /** Where columns of pixels begin, the same for all rows. */
  edges: readonly number[];
  index: number;
  name: string;
  /** Multiplies cores of this machine. */
  factor: number;
}

interface Band {
  values: Float64Array;
  /** The top of its scale. */
  most: number;
  top: number;
  height: number;
  token: string;
}

/** One quantity as an area from the foot of its band; its scale is its own and starts at 0. */
function drawBand(context: CanvasRenderingContext2D, props: RowProps, band: Band, colors: ChartColors): void {
  const { columns, window, pixels, edges } = props;
  if (band.most <= 0) return;
  const picked = pickAt(edges, [band.values]);
  const foot = band.top + band.height;
  const x = (index: number) => shareOf(columns.atMs[index] ?? 0, window) * pixels;
  const y = (value: number) => foot - (value / band.most) * band.height;
  context.fillStyle = colors.token(`${band.token}-fill`);
  context.strokeStyle = colors.token(band.token);
  context.lineWidth = 1;
  let line: number[] = [];
  const close = () => {
    const [first, last] = [line[0], line.at(-1)];
    if (first !== undefined && last !== undefined) {
      context.beginPath();
      for (const index of line) context.lineTo(x(index), y(band.values[index] ?? 0));
      context.stroke();
      context.lineTo(x(last), foot);
      context.lineTo(x(first), foot);
      context.fill();
    }
    line = [];
  };
  for (const index of picked) {
    if (Number.isNaN(band.values[index] ?? Number.NaN)) close();
    else line.push(index);
  }
  close();
}

function draw(canvas: HTMLCanvasElement, props: RowProps, bands: readonly Band[], colors: ChartColors): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ratio = globalThis.devicePixelRatio;
  const [width, height] = [Math.round(props.pixels * ratio), Math.round(rowHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, props.pixels, rowHeight);
  for (const band of bands) drawBand(context, props, band, colors);
}

/** The highest value; 0 when none was measured. */
function mostOf(values: Float64Array, length: number): number {
  const peak = peakIndex(values, 0, length);
  return peak === null ? 0 : (values[peak] ?? 0);
}

function bandsOf({ columns, index }: RowProps): readonly Band[] {
  const pair = columns.byService[index];
  if (pair === undefined) return [];
  const token = index < 6 ? `--chart-${index + 1}` : "--chart-rest";
  const top = memoryHeight + gap;
  const { memoryBytes, hostCores } = pair;
  return [
    { values: memoryBytes, most: mostOf(memoryBytes, columns.length), top: 1, height: memoryHeight - 1, token },
    {
      values: hostCores,
      most: mostOf(hostCores, columns.length),
      top,
      height: rowHeight - top,
      token: "--chart-rest",
    },
  ];
}

function ServiceRow(props: RowProps) {
  const { columns, index, name, factor } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = useRef<ChartColors | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bands are of these two alone.
  const bands = useMemo(() => bandsOf(props), [columns, index]);
  const redraw = useRef<() => void>(() => undefined);
  const isSeen = useRef(false);
  redraw.current = () => {
    if (canvas.current === null || !isSeen.current) return;
    colors.current ??= readChartColors(canvas.current);
    draw(canvas.current, props, bands, colors.current);
  };
  useEffect(() => redraw.current());
  // Rows that are scrolled out of sight are drawn when they come back.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      isSeen.current = entries.at(-1)?.isIntersecting ?? false;
      redraw.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(
    () =>
      onThemeChange(() => {
        colors.current = null;
        redraw.current();
      }),
    [],
  );
  const [memory, cores] = [bands[0]?.most ?? 0, bands[1]?.most ?? 0];
  const memoryText = memory === 0 ? "–" : `${mibText(memory)} MiB`;
  const coresText = cores === 0 ? "–" : `${(cores * factor).toFixed(2)} cores`;
  return (
    <li className="service-row">
      <span className="service-name">{name}</span>
      <canvas
        ref={canvas}
        style={{ height: rowHeight }}
        role="img"
        aria-label={`${name}: memory at most ${memoryText}, CPU at most ${coresText}`}
      />
      <span className="service-most">
        <b>{memoryText}</b>
        <span>{coresText}</span>
      </span>
    </li>
  );
}

const Row = memo(ServiceRow);

/** Each service for itself, memory above CPU, all on one clock. Each scale is its own; the most of it stands at the right. */
export function ServiceRows({ source }: { source: ChartSource }) {
  const { columns, window, pixels, target } = source;
  const edges = useMemo(() => columnEdges(columns, window, pixels), [columns, window, pixels]);
  return (
    <>
      <p className="axis-name">
        Memory that counts above CPU of each service, up to the most that stands beside it
        {target.deviceCoresPerHostCore === null ? ", in cores of this machine" : ""}
      </p>
      <ul className="service-rows" aria-label="Services on the clock">
        {columns.services.map((name, index) => (
          <Row
            key={name}
            columns={columns}
            window={window}
            pixels={pixels}
            edges={edges}
            index={index}
            name={name}
            factor={target.deviceCoresPerHostCore ?? 1}
          />
        ))}
      </ul>
    </>
  );
}
