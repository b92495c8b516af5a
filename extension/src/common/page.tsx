import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import React, { type ReactElement, type ReactNode } from 'react';

import { IconButton } from './button';
import { say } from './notice';
import { useWorkbench } from './widget';

/** A part of a main-area tab, under a heading. */
export function Part({
  title,
  actions,
  children
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <section className="lw-Part" aria-label={title}>
      <div className="lw-Part-head">
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** Names and values in two columns. What is null is left out. */
export function Facts({ facts }: { facts: [string, ReactNode][] }): ReactElement {
  return (
    <dl className="lw-Facts">
      {facts
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}

/** Code to copy. */
export function Code({ text, what }: { text: string; what: string }): ReactElement {
  return (
    <div className="lw-Code">
      <pre tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <CopyText text={text} what={what} />
    </div>
  );
}

/** Puts a text on the clipboard. */
export function CopyText({ text, what }: { text: string; what: string }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <IconButton
      label={trans.__('Copy %1', what)}
      icon={copyIcon}
      onClick={() => {
        Clipboard.copyToSystem(text);
        say(trans.__('Copied %1.', what));
      }}
    />
  );
}
