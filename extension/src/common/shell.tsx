import React, { type ReactElement, type ReactNode } from 'react';

import { Button } from './button';
import { useResource, type Resource } from './resource';
import { useWorkbench } from './widget';

interface ILoadedProps<T> {
  resource: Resource<T>;
  children: (data: T) => ReactNode;
}

/** What a resource holds; until then that it loads, or why it did not and a way on. */
export function Loaded<T>({ resource, children }: ILoadedProps<T>): ReactElement {
  const state = useResource(resource);
  const { api, trans } = useWorkbench();
  switch (state.status) {
    case 'pending':
      return (
        <div className="lw-State" role="status">
          <span className="lw-Spinner" aria-hidden="true" />
          {api.answered ? trans.__('Loading…') : trans.__('Starting Labwright…')}
        </div>
      );
    case 'failed':
      return (
        <div className="lw-State lw-mod-error" role="alert">
          <p>{state.error.detail}</p>
          <Button label={trans.__('Try again')} onClick={() => void resource.refresh()} />
        </div>
      );
    case 'ready':
      return <>{children(state.data)}</>;
  }
}

/** Nothing is here yet, and what to do about it. */
export function Empty({ children }: { children: ReactNode }): ReactElement {
  return <div className="lw-State lw-mod-empty">{children}</div>;
}

interface IHeadingProps {
  title: string;
  /** A quiet second line. */
  note?: ReactNode;
  /** Buttons at the right. */
  children?: ReactNode;
}

/** The top of a main-area tab. */
export function Heading({ title, note, children }: IHeadingProps): ReactElement {
  return (
    <header className="lw-Heading">
      <div className="lw-Heading-words">
        <h1 title={title}>{title}</h1>
        {note ? <div className="lw-quiet">{note}</div> : null}
      </div>
      <div className="lw-Heading-actions">{children}</div>
    </header>
  );
}
