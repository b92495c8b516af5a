import React, { type ReactElement } from 'react';

/** How a state is to be read. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';

/** A state: a dot with the word beside it, so that colour is not all that tells. */
export function Badge({ tone, text }: { tone: Tone; text: string }): ReactElement {
  return (
    <span className={`lw-Badge lw-mod-${tone}`}>
      <span className="lw-Badge-dot" aria-hidden="true" />
      <span className="lw-ellipsis">{text}</span>
    </span>
  );
}
