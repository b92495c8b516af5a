import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React, { createContext, useContext, type ReactElement } from 'react';

import { Visible } from './resource';
import type { IWorkbench } from './tokens';

const Workbench = createContext<IWorkbench | null>(null);

/** The workbench, for components. */
export function useWorkbench(): IWorkbench {
  const workbench = useContext(Workbench);
  if (!workbench) {
    throw new Error('A component of Labwright was drawn outside of its widgets.');
  }
  return workbench;
}

/** A Lumino widget with a React element in it; the element knows whether it is on the screen. */
export class PanelWidget extends ReactWidget {
  constructor(
    private readonly workbench: IWorkbench,
    private readonly body: ReactElement
  ) {
    super();
    this.addClass('lw-Panel');
  }

  protected render(): ReactElement {
    return (
      <Workbench.Provider value={this.workbench}>
        <Visible.Provider value={this.isVisible}>{this.body}</Visible.Provider>
      </Workbench.Provider>
    );
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }
}
