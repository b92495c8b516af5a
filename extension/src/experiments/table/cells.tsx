import type { TranslationBundle } from '@jupyterlab/translation';
import React, { type ReactElement } from 'react';

import { Badge } from '../../common/badge';
import { ago, moment, number, seconds } from '../../common/format';
import { statusOf } from '../words';
import type { Cell, Spread } from './api';
import type { IShown } from './columns';

/** Longer texts are cut: nobody reads them in a cell, and the browser would lay them out. */
const LONGEST = 300;
const LONGEST_TITLE = 2000;

/** A cell's value as text. */
export function textOf(cell: Cell | undefined, kind: IShown['kind'], trans: TranslationBundle): string {
  if (cell === null || cell === undefined) {
    return '';
  }
  if (typeof cell === 'object') {
    return spreadText(cell, kind, trans);
  }
  if (typeof cell === 'string') {
    return cell;
  }
  switch (kind) {
    case 'time':
      return ago(isoOf(cell), trans);
    case 'seconds':
      return seconds(cell);
    default:
      return number(cell);
  }
}

/** The text of a cell, which says all of it when the pointer rests on it. */
export function CellText({
  cell,
  shown,
  trans
}: {
  cell: Cell | undefined;
  shown: IShown;
  trans: TranslationBundle;
}): ReactElement | null {
  if (cell === null || cell === undefined) {
    return null;
  }
  if (shown.key === 'attributes.status' && typeof cell === 'string') {
    return <Badge {...statusOf({ status: cell }, trans)} />;
  }
  const text = textOf(cell, shown.kind, trans);
  return (
    <span title={titleOf(cell, text, shown, trans)}>
      {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
    </span>
  );
}

function titleOf(cell: NonNullable<Cell>, text: string, shown: IShown, trans: TranslationBundle): string {
  if (typeof cell === 'object' && shown.kind === 'time') {
    const [low, high] = [cell.low, cell.high].map(time => (time === null ? '–' : moment(isoOf(time))));
    return trans.__('from %1 to %2, %3 runs', low, high, cell.runs);
  }
  if (typeof cell === 'object') {
    return trans.__(
      'mean %1, standard deviation %2, from %3 to %4, of %5 runs',
      number(cell.mean),
      number(cell.deviation),
      number(cell.low),
      number(cell.high),
      cell.runs
    );
  }
  if (typeof cell === 'string') {
    return text.slice(0, LONGEST_TITLE);
  }
  return shown.kind === 'time' ? moment(isoOf(cell)) : String(cell);
}

/** Mean and deviation, in as many digits as a comparison of groups needs; of times the newest. */
function spreadText(
  { mean, deviation, high }: Spread,
  kind: IShown['kind'],
  trans: TranslationBundle
): string {
  if (mean === null) {
    return '';
  }
  if (kind === 'time') {
    return high === null ? '' : ago(isoOf(high), trans);
  }
  const say = kind === 'seconds' ? seconds : number;
  return deviation === null
    ? say(Number(mean.toPrecision(4)))
    : `${say(Number(mean.toPrecision(4)))} ± ${say(Number(deviation.toPrecision(2)))}`;
}

const isoOf = (time: number): string | null => {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};
