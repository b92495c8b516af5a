import React, { useRef, type PointerEvent, type ReactElement } from 'react';

import { useWorkbench } from '../../common/widget';
import type { Span } from './lines';
import { INSIDE, TOP, type IScale } from './scales';

interface IAxisProps {
  scale: IScale;
  x: number;
  room: number;
  brush: Span | null;
  onBrush: (span: Span | null) => void;
  onLog: () => void;
  onRemove: () => void;
  onMove: (x: number) => void;
  onDrop: () => void;
  onStep: (by: number) => void;
}

/** An axis of the parallel coordinates: its marks, its brush, its name that moves it, its buttons. */
export function AxisOf(props: IAxisProps): ReactElement {
  const { scale, x, room, brush, onBrush, onLog, onRemove, onMove, onDrop, onStep } = props;
  const { trans } = useWorkbench();
  const start = useRef<number | null>(null);
  const dragging = useRef(false);
  const yAt = (event: PointerEvent<SVGElement>): number =>
    Math.min(
      Math.max(event.clientY - event.currentTarget.ownerSVGElement!.getBoundingClientRect().top, TOP),
      TOP + INSIDE
    );
  const xAt = (event: PointerEvent<SVGElement>): number =>
    event.clientX - event.currentTarget.ownerSVGElement!.getBoundingClientRect().left;
  const label = scale.dimension.label;
  const fits = Math.max(Math.floor(Math.min(room, 150) / 7.6), 6);
  return (
    <g className="lw-Parallel-axis" data-axis={scale.dimension.key}>
      <line x1={x} x2={x} y1={TOP} y2={TOP + INSIDE} />
      {scale.marks.map(mark => (
        <text key={mark.value} x={x - 7} y={mark.y} textAnchor="end" dominantBaseline="middle">
          {mark.value.length > 12 ? `${mark.value.slice(0, 11)}…` : mark.value}
        </text>
      ))}
      <rect
        className="lw-Parallel-brush"
        x={x - 9}
        y={TOP - 4}
        width={18}
        height={INSIDE + 8}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = yAt(event);
        }}
        onPointerMove={event => {
          if (start.current !== null && Math.abs(yAt(event) - start.current) > 2) {
            onBrush([Math.min(start.current, yAt(event)), Math.max(start.current, yAt(event))]);
          }
        }}
        onPointerUp={event => {
          if (start.current !== null && Math.abs(yAt(event) - start.current) <= 2) {
            onBrush(null);
          }
          start.current = null;
        }}
      />
      {brush ? (
        <rect className="lw-Parallel-window" x={x - 7} y={brush[0]} width={14} height={brush[1] - brush[0]} />
      ) : null}
      <text
        className="lw-Parallel-name"
        x={x}
        y={14}
        textAnchor="middle"
        tabIndex={0}
        role="button"
        aria-label={trans.__('Axis %1: arrows move it, Delete takes it away', label)}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
        }}
        onPointerMove={event => {
          if (dragging.current) {
            onMove(xAt(event));
          }
        }}
        onPointerUp={() => {
          dragging.current = false;
          onDrop();
        }}
        onKeyDown={event => {
          if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
            event.preventDefault();
            onStep(event.key === 'ArrowLeft' ? -1 : 1);
          } else if (event.key === 'Delete') {
            onRemove();
          }
        }}
      >
        <title>{label}</title>
        {label.length > fits ? `${label.slice(0, fits - 1)}…` : label}
      </text>
      {scale.canLog ? (
        <AxisButton
          x={x - 12}
          text="log"
          pressed={scale.log}
          label={trans.__('Logarithmic axis %1', label)}
          onClick={onLog}
        />
      ) : null}
      <AxisButton
        x={scale.canLog ? x + 14 : x}
        text="×"
        label={trans.__('Take the axis %1 away', label)}
        onClick={onRemove}
      />
    </g>
  );
}

function AxisButton(props: {
  x: number;
  text: string;
  label: string;
  pressed?: boolean;
  onClick: () => void;
}): ReactElement {
  return (
    <text
      className={`lw-Parallel-button ${props.pressed ? 'lw-mod-pressed' : ''}`}
      x={props.x}
      y={31}
      textAnchor="middle"
      role="button"
      tabIndex={0}
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          props.onClick();
        }
      }}
    >
      <title>{props.label}</title>
      {props.text}
    </text>
  );
}
