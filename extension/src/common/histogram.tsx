import React, { type ReactElement } from 'react';

import type { Schemas } from '../api/request';
import { useWorkbench } from './widget';

const WIDTH = 168;
const HEIGHT = 36;
const FLOOR = HEIGHT - 1;

/** Two distributions on the same bins, before and now, as pairs of bars; a bin says its figures when pointed at. */
export function Histogram({ histogram }: { histogram: Schemas['Histogram'] }): ReactElement {
  const { trans } = useWorkbench();
  const { labels, reference, current } = histogram;
  const top = Math.max(...reference, ...current, 1e-9);
  const slot = WIDTH / Math.max(labels.length, 1);
  const bar = Math.max(1, Math.min(slot * 0.42, 14));
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const most = (shares: number[]): number => shares.indexOf(Math.max(...shares));
  const [before, now] = [most(reference), most(current)];
  return (
    <svg
      className="lw-Histogram"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={trans.__(
        'Before mostly %1 (%2), now mostly %3 (%4)',
        labels[before],
        percent(reference[before]),
        labels[now],
        percent(current[now])
      )}
    >
      {labels.map((label, index) => {
        const middle = index * slot + slot / 2;
        const heights = [reference[index], current[index]].map(share => (share / top) * (HEIGHT - 2));
        return (
          <g key={index}>
            <title>
              {trans.__('%1: before %2, now %3', label, percent(reference[index]), percent(current[index]))}
            </title>
            <rect className="lw-Histogram-bin" x={index * slot} width={slot} height={FLOOR} />
            {heights.map((height, side) => (
              <rect
                key={side}
                className={side ? 'lw-mod-now' : 'lw-mod-before'}
                x={middle + (side - 1) * bar}
                y={FLOOR - height}
                width={bar}
                height={height}
              />
            ))}
          </g>
        );
      })}
      <line className="lw-Histogram-floor" x1={0} x2={WIDTH} y1={FLOOR + 0.5} y2={FLOOR + 0.5} />
    </svg>
  );
}

/** Which bar is which. */
export function HistogramLegend(): ReactElement {
  const { trans } = useWorkbench();
  return (
    <span className="lw-Legend lw-quiet">
      <span className="lw-Legend-swatch lw-mod-before" aria-hidden="true" />
      {trans.__('training sample')}
      <span className="lw-Legend-swatch lw-mod-now" aria-hidden="true" />
      {trans.__('now')}
    </span>
  );
}
