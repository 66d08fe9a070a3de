import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

/** A curve, dots or bars in the colour of a quantity. */
export interface Series {
  readonly kind: 'line' | 'dots' | 'bars';
  /** The quantity whose colour the series has, as `loss` or `a2`. */
  readonly of: string;
  /** Name of the series, shown if there are several. */
  readonly label?: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

export interface Axis {
  readonly label: string;
  readonly domain: readonly [number, number];
  /** Approximate number of ticks. */
  readonly ticks?: number;
  readonly log?: boolean;
}

/** The top margin holds the label of the y axis. */
const MARGIN = { top: 24, right: 12, bottom: 40, left: 52 };

/**
 * A plot as SVG: scales and curves by d3, elements by Preact, colours by class. So it is part of the built page,
 * follows the theme, and only updates what changed. Screen readers hear `description`; put the numbers into a table.
 */
export function Plot({
  x,
  y,
  series,
  description,
  height = 260,
  onDrag,
}: {
  x: Axis;
  y: Axis;
  series: readonly Series[];
  /** Description of the plot, with its main numbers, for screen readers. */
  description: string;
  height?: number;
  /** Called with x when the reader drags in the plot. Provide a slider as well, for the keyboard. */
  onDrag?: (x: number) => void;
}): JSX.Element {
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure, 640);
  const clip = useId();
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const toX = scaleOf(x, [MARGIN.left, right]);
  const toY = scaleOf(y, [bottom, MARGIN.top]);
  const drag = (event: TargetedPointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [least, most] = x.domain;
    const at = toX.invert(((event.clientX - box.left) * width) / box.width);
    onDrag?.(Math.min(Math.max(at, least), most));
  };
  return (
    <figure class={onDrag ? 'plot draggable' : 'plot'} ref={figure}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={description}
        onPointerDown={({ currentTarget, pointerId }) => onDrag && currentTarget.setPointerCapture(pointerId)}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && drag(event)}
        // A press without a move counts when it ends, as a finger may be scrolling the page.
        onPointerUp={drag}
      >
        <clipPath id={clip}>
          <rect
            x={MARGIN.left}
            y={MARGIN.top - 6}
            width={right - MARGIN.left + 4}
            height={bottom - MARGIN.top + 7}
          />
        </clipPath>
        <Axes x={x} y={y} toX={toX} toY={toY} width={width} height={height} />
        <g clip-path={`url(#${clip})`}>
          {series.map((one, k) => (
            <g key={one.label ?? k} class={`series quantity-${one.of}`}>
              <Marks series={one} toX={toX} toY={toY} bottom={bottom} />
            </g>
          ))}
        </g>
      </svg>
      <Keys series={series} />
    </figure>
  );
}

type Scale = ScaleContinuousNumeric<number, number>;

function scaleOf({ domain, log = false }: Axis, range: [number, number]): Scale {
  return (log ? scaleLog() : scaleLinear()).domain(domain).range(range);
}

function Marks({
  series: { kind, points, dashed = false },
  toX,
  toY,
  bottom,
}: {
  series: Series;
  toX: Scale;
  toY: Scale;
  bottom: number;
}): JSX.Element {
  if (kind === 'line') {
    const path = line<readonly [number, number]>()
      .x(([x]) => toX(x))
      .y(([, y]) => toY(y))
      .defined(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    return <path class={dashed ? 'line dashed' : 'line'} d={path(points) ?? ''} />;
  }
  if (kind === 'dots') {
    return (
      <>
        {points.map(([x, y]) => (
          <circle key={`${x} ${y}`} class="dot" r={5} cx={toX(x)} cy={toY(y)} />
        ))}
      </>
    );
  }
  // A bar extends to the next one; the last bar is as wide as the previous one.
  return (
    <>
      {points.map(([x, y], k) => {
        const from = toX(x);
        const next = points[k + 1] ?? [2 * x - (points[k - 1]?.[0] ?? x - 1)];
        const width = Math.max(toX(next[0]) - from - 1, 0.5);
        return (
          <rect key={x} class="bar" x={from} width={width} y={toY(y)} height={Math.max(bottom - toY(y), 0)} />
        );
      })}
    </>
  );
}

/** The width of an element, or a guess until it is known, so that text has the same size on every screen. */
function useWidth(element: { current: HTMLElement | null }, guess: number): number {
  const [width, setWidth] = useState(guess);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.round(entry!.contentRect.width);
      if (now > 0) setWidth(now);
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Both axes: ticks, lines and labels. */
function Axes({
  x,
  y,
  toX,
  toY,
  width,
  height,
}: {
  x: Axis;
  y: Axis;
  toX: Scale;
  toY: Scale;
  width: number;
  height: number;
}): JSX.Element {
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  return (
    <>
      {toY.ticks(y.ticks ?? 5).map((tick) => (
        <g key={tick} class="tick" transform={`translate(0 ${toY(tick)})`}>
          <line x1={MARGIN.left} x2={right} />
          <text x={MARGIN.left - 8} dy="0.32em" text-anchor="end">
            {toY.tickFormat(y.ticks ?? 5)(tick)}
          </text>
        </g>
      ))}
      <line class="axis" x1={MARGIN.left} x2={right} y1={bottom} y2={bottom} />
      {toX.ticks(x.ticks ?? Math.min(10, width / 70)).map((tick) => (
        <text key={tick} class="tick" x={toX(tick)} y={bottom + 17} text-anchor="middle">
          {toX.tickFormat(x.ticks ?? 10)(tick)}
        </text>
      ))}
      <text class="name" x={right} y={height - 4} text-anchor="end">
        {x.label}
      </text>
      <text class="name" x={MARGIN.left} y={12}>
        {y.label}
      </text>
    </>
  );
}

/** The labels of the series, if there are several. */
function Keys({ series }: { series: readonly Series[] }): JSX.Element | null {
  const named = series.filter(({ label }) => label !== undefined);
  if (named.length < 2) return null;
  return (
    <figcaption>
      {named.map(({ label, of, dashed }) => (
        <span key={label} class={dashed ? `key dashed quantity-${of}` : `key quantity-${of}`}>
          {label}
        </span>
      ))}
    </figcaption>
  );
}
