import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import React, { Component, useEffect, useRef, type ReactElement, type ReactNode } from 'react';

import { Store, useStore } from '../common/store';
import type { IWorkbench } from '../common/tokens';
import { PanelWidget, useWorkbench } from '../common/widget';

export interface IOutputKind<T> {
  mimeType: string;
  /** The data, checked; null when it is not what it should be. */
  read: (data: unknown) => T | null;
  View: (props: { data: T }) => ReactElement;
}

type Shown = Store<IRenderMime.IMimeModel | null>;

/** A kind of output of Labwright's own, as JupyterLab wants to have it. */
export function outputFactory<T>(
  workbench: IWorkbench,
  rendermime: IRenderMimeRegistry,
  kind: IOutputKind<T>
): IRenderMime.IRendererFactory {
  return {
    // Also in notebooks that nobody trusted: the data is checked, and its text becomes text nodes only.
    safe: true,
    mimeTypes: [kind.mimeType],
    defaultRank: 10,
    createRenderer: () => new Output(workbench, rendermime, kind)
  };
}

class Output<T> extends PanelWidget implements IRenderMime.IRenderer {
  constructor(
    workbench: IWorkbench,
    rendermime: IRenderMimeRegistry,
    kind: IOutputKind<T>,
    private readonly shown: Shown = new Store<IRenderMime.IMimeModel | null>(null)
  ) {
    super(workbench, <Body shown={shown} kind={kind} rendermime={rendermime} />);
    this.addClass('lw-Output');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.shown.set(model);
    return Promise.resolve();
  }
}

interface IBodyProps<T> {
  shown: Shown;
  kind: IOutputKind<T>;
  rendermime: IRenderMimeRegistry;
}

function Body<T>({ shown, kind, rendermime }: IBodyProps<T>): ReactElement | null {
  const model = useStore(shown);
  if (!model) {
    return null;
  }
  const data = kind.read(model.data[kind.mimeType]);
  const plain = <Plain model={model} rendermime={rendermime} />;
  return data === null ? (
    plain
  ) : (
    <Fallback instead={plain}>
      <kind.View data={data} />
    </Fallback>
  );
}

/** The form of the output that JupyterLab shows without Labwright. */
function Plain({
  model,
  rendermime
}: {
  model: IRenderMime.IMimeModel;
  rendermime: IRenderMimeRegistry;
}): ReactElement {
  const { trans } = useWorkbench();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mimeType = ['text/html', 'text/plain'].find(one => one in model.data);
    if (!host.current || !mimeType) {
      return undefined;
    }
    const renderer = rendermime.createRenderer(mimeType);
    Widget.attach(renderer, host.current);
    void renderer.renderModel(model);
    return () => renderer.dispose();
  }, [model, rendermime]);
  return (
    <div className="lw-Output-body">
      <p className="lw-quiet">
        {trans.__(
          'This output of Labwright cannot be read here. Run its cell again; this is its plain form.'
        )}
      </p>
      <div ref={host} />
    </div>
  );
}

/** What cannot be drawn falls back, instead of taking the notebook's output with it. */
class Fallback extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  state = { failed: false };

  render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
