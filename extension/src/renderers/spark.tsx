import React, { type ReactElement } from 'react';

import { seriesClass } from '../common/chart';

interface ISparkProps {
  steps: number[];
  values: (number | null)[];
  /** Which of the series' colours. */
  index: number;
  label: string;
}

const WIDTH = 160;
const HEIGHT = 34;
const EDGE = 3;

/** A curve without axes: its shape. The figures stand beside it. */
export function Spark({ steps, values, index, label }: ISparkProps): ReactElement {
  const finite = values.filter((one): one is number => one !== null);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const x = (step: number): number => EDGE + ((step - first) / (last - first || 1)) * (WIDTH - 2 * EDGE);
  const y = (value: number): number =>
    HEIGHT - EDGE - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * EDGE);
  let pen = 'M';
  const path = values
    .map((value, place) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const part = `${pen}${x(steps[place]).toFixed(1)},${y(value).toFixed(1)}`;
      pen = 'L';
      return part;
    })
    .join('');
  const end = values.length ? values[values.length - 1] : null;
  return (
    <svg className="lw-RunOutput-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {finite.length ? <path className={`lw-Chart-line ${seriesClass(index)}`} d={path} /> : null}
      {end !== null ? (
        <circle className={`lw-Chart-dot ${seriesClass(index)}`} cx={x(last)} cy={y(end)} r={2.5} />
      ) : null}
    </svg>
  );
}
