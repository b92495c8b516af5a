import type { IStateDB } from '@jupyterlab/statedb';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React, { createContext, useContext, useId, type ReactElement, type ReactNode } from 'react';

import { Store, useStore } from '../../common/store';

const KEY = 'labwright:endpoint-parts';

/** Which parts of endpoints' tabs are open: the same for all endpoints, kept in JupyterLab's state database. */
export class Folds {
  constructor(private readonly states: IStateDB | null) {
    void this.load();
  }

  readonly open = new Store<Readonly<Record<string, boolean>>>({});

  set(id: string, open: boolean): void {
    this.open.set({ ...this.open.get(), [id]: open });
    void this.states?.save(KEY, this.open.get());
  }

  private async load(): Promise<void> {
    const found = await this.states?.fetch(KEY).catch(() => undefined);
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) {
      const flags = Object.entries(found).filter(([, value]) => typeof value === 'boolean');
      this.open.set({ ...(Object.fromEntries(flags) as Record<string, boolean>), ...this.open.get() });
    }
  }
}

export const FoldsContext = createContext<Folds>(new Folds(null));

interface IFoldProps {
  id: string;
  title: string;
  /** Open where nobody has chosen. */
  open?: boolean;
  /** A few words beside the title, also while it is closed. */
  note?: ReactNode;
  /** Buttons at the right, while it is open. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of the tab that opens and closes. What is closed is not drawn, so it asks for nothing. */
export function Fold({ id, title, open: usually = true, note, actions, children }: IFoldProps): ReactElement {
  const folds = useContext(FoldsContext);
  const open = useStore(folds.open)[id] ?? usually;
  const body = useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section className="lw-Part lw-Fold" aria-label={title} data-part={id}>
      <div className="lw-Part-head lw-Fold-head">
        <h2>
          <button
            type="button"
            aria-expanded={open}
            aria-controls={open ? body : undefined}
            onClick={() => folds.set(id, !open)}
          >
            <Caret.react tag="span" className="lw-Fold-caret" />
            {title}
          </button>
        </h2>
        {note ? <span className="lw-quiet lw-Fold-note lw-ellipsis">{note}</span> : null}
        {open && actions ? <span className="lw-actions lw-Fold-actions">{actions}</span> : null}
      </div>
      {open ? (
        <div id={body} className="lw-Fold-body">
          {children}
        </div>
      ) : null}
    </section>
  );
}
