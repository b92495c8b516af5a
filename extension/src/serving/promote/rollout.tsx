import type { TranslationBundle } from '@jupyterlab/translation';
import React, { type ReactElement } from 'react';

import { Field } from '../../common/dialog';

/** How the version takes over. */
export type Rollout = 'at once' | 'canary' | 'shadow';

export interface IRollout {
  rollout: Rollout;
  /** Of a canary: its first share of the calls. */
  percent: string;
}

export const AT_ONCE: IRollout = { rollout: 'at once', percent: '10' };

/** The shares that follow the first one, by the service's own default. */
const STEPS = [25, 50, 100];

const further = (percent: string): string =>
  STEPS.filter(step => step > Number(percent))
    .map(step => `${step} %`)
    .join(', ');

interface IProps {
  value: IRollout;
  change: (some: Partial<IRollout>) => void;
  /** The version that answers now. */
  live: string;
  /** Others have a lasting share of the calls, which they keep. */
  split: boolean;
  trans: TranslationBundle;
}

/** Folded away: most versions take over at once, after their checks. */
export function RolloutFields({ value, change, live, split, trans }: IProps): ReactElement {
  const kinds: [Rollout, string, string][] = [
    [
      'at once',
      trans.__('At once'),
      split
        ? trans.__('It takes the live version’s part of the calls once its checks have passed.')
        : trans.__('All calls go to it once its checks have passed.')
    ],
    [
      'canary',
      trans.__('As a canary'),
      trans.__('First a share of the calls, then more by steps; back by itself on errors or slow answers.')
    ],
    [
      'shadow',
      trans.__('As a shadow'),
      trans.__(
        'It gets copies of the calls, and its answers go to the log only; version %1 stays live.',
        live
      )
    ]
  ];
  return (
    <details className="lw-Rollout" open={value.rollout !== 'at once'}>
      <summary>{trans.__('How it takes over from version %1', live)}</summary>
      <fieldset>
        <legend className="lw-visually-hidden">{trans.__('How it takes over from version %1', live)}</legend>
        {kinds.map(([kind, label, words]) => (
          <label key={kind}>
            <input
              type="radio"
              name="lw-rollout"
              checked={value.rollout === kind}
              onChange={() => change({ rollout: kind })}
            />
            <span>
              {label}
              <span className="lw-quiet">{words}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {value.rollout === 'canary' ? (
        <Field
          label={
            split
              ? trans.__('First share in percent of the live version’s part')
              : trans.__('First share in percent')
          }
          hint={trans.__('Then %1, a minute each at least.', further(value.percent))}
        >
          <input
            className="jp-mod-styled"
            type="number"
            min={1}
            max={99}
            required
            value={value.percent}
            onChange={event => change({ percent: event.target.value })}
          />
        </Field>
      ) : null}
    </details>
  );
}
