import React, { useContext, useEffect, useRef, type ReactElement } from 'react';

import { Visible } from '../../common/resource';
import { useTheme, useWidth } from '../../common/screen';
import { useWorkbench } from '../../common/widget';
import { LiveChart, type ILine } from './livechart';
import { figure } from './words';

interface IProps {
  title: string;
  unit: string;
  times: readonly number[];
  lines: readonly ILine[];
  /** The place that is pointed at in any of the charts; null for the last values. */
  at: number | null;
  sync: string;
  onPoint: (index: number | null) => void;
}

/** One chart of several: its title, its last values (or those at the pointer), its picture. */
export function SmallChart({ title, unit, times, lines, at, sync, onPoint }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<LiveChart | null>(null);
  const width = useWidth(host);
  const theme = useTheme();
  const visible = useContext(Visible);

  useEffect(() => {
    const made = new LiveChart(host.current!, sync, onPoint);
    chart.current = made;
    return () => made.dispose();
  }, [sync, onPoint]);
  useEffect(() => chart.current?.forgetColours(), [theme]);
  useEffect(() => {
    if (visible && width > 0) {
      chart.current?.show(times, lines, width);
    }
  }, [times, lines, width, theme, visible]);

  return (
    <figure className="lw-Live">
      <figcaption>
        {title} <span className="lw-quiet">{unit}</span>
      </figcaption>
      <div className="lw-Live-values">
        {lines.map(line => (
          <span key={line.label}>
            <svg width="14" height="8" aria-hidden="true">
              <line
                x1="0"
                x2="14"
                y1="4"
                y2="4"
                style={{ stroke: `var(${line.colour})` }}
                strokeWidth="2"
                strokeDasharray={line.dash?.join(' ')}
              />
            </svg>
            <span className="lw-quiet">
              {line.label || (at === null ? trans.__('now') : clock(times[at]))}
            </span>{' '}
            <strong>{figure(valueAt(line, at))}</strong>
          </span>
        ))}
      </div>
      <div
        ref={host}
        className="lw-Live-canvas"
        role="img"
        aria-label={lines
          .map(line =>
            trans.__(
              '%1, %2: %3 now, at most %4 in five minutes',
              line.label ? `${title} ${line.label}` : title,
              unit,
              figure(valueAt(line, null)),
              figure(Math.max(...line.values.map(value => value ?? 0)))
            )
          )
          .join('; ')}
      />
    </figure>
  );
}

const clock = (seconds: number): string => new Date(seconds * 1000).toLocaleTimeString();

/** The value that is pointed at; else the last one that there is, of the last half minute. */
function valueAt({ values }: ILine, at: number | null): number | null {
  if (at !== null) {
    return values[at] ?? null;
  }
  return [...values.slice(-6)].reverse().find(value => value !== null) ?? null;
}
