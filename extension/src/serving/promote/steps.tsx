import React, { type ReactElement } from 'react';

import { useWorkbench } from '../../common/widget';
import type { Operation } from '../api';

/** What was done, and what is being done now. */
export function Steps({ operation }: { operation: Operation }): ReactElement {
  const { trans } = useWorkbench();
  const going = operation.state === 'running';
  const lines =
    going && operation.log.at(-1) !== operation.step ? [...operation.log, operation.step] : operation.log;
  return (
    <ol className="lw-Steps" aria-label={trans.__('Steps')}>
      {lines.map((line, place) => {
        const now = going && place === lines.length - 1;
        return (
          <li key={place} className={now ? 'lw-mod-now' : undefined} aria-current={now ? 'step' : undefined}>
            {line}
          </li>
        );
      })}
    </ol>
  );
}
