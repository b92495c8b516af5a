import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPlace } from '../tokens';

/** Open the notebook that made a run, at the cell that did; where it is not there any more, say so. */
export async function openNotebook(
  app: JupyterFrontEnd,
  place: IPlace,
  trans: TranslationBundle
): Promise<void> {
  const path = await find(app.serviceManager.contents, place.notebook);
  if (path === null) {
    const words = trans.__(
      'The notebook %1 is not there any more. Restore the recorded one from the run’s menu.',
      place.notebook.slice(0, 300)
    );
    Notification.warning(words, { autoClose: 10000 });
    return;
  }
  const widget: unknown = await app.commands.execute('docmanager:open', { path, factory: 'Notebook' });
  if (widget instanceof NotebookPanel) {
    await widget.context.ready;
    await widget.revealed;
    showCell(widget, place, trans);
  }
}

/** Paths that Jupyter's server may know a notebook by, the likeliest first. */
export function candidates(notebook: string, root: string): string[] {
  const path = notebook.replace(/\\/g, '/');
  const parts = path.split('/').filter(Boolean);
  if (!parts.length || parts.includes('..')) {
    return [];
  }
  if (!path.startsWith('/') && !/^[A-Za-z]:\//.test(path)) {
    return [parts.join('/')];
  }
  const base = root.replace(/\\/g, '/').replace(/\/+$/, '');
  if (!base.startsWith('~')) {
    return path.startsWith(`${base}/`) ? [path.slice(base.length + 1)] : [];
  }
  // The page knows the root's place in the home folder, not where that is.
  const below = base.slice(1).split('/').filter(Boolean);
  return parts
    .map((_, home) => parts.slice(home))
    .filter(rest => below.every((part, index) => rest[index] === part) && rest.length > below.length)
    .map(rest => rest.slice(below.length).join('/'));
}

async function find(contents: Contents.IManager, notebook: string): Promise<string | null> {
  for (const path of candidates(notebook, PageConfig.getOption('serverRoot'))) {
    const found = await contents.get(path, { content: false }).catch(() => null);
    if (found?.type === 'notebook') {
      return path;
    }
  }
  return null;
}

function showCell(panel: NotebookPanel, { cell, cellId }: IPlace, trans: TranslationBundle): void {
  const notebook = panel.content;
  const cells = notebook.widgets;
  let index = cellId ? cells.findIndex(({ model }) => model.id === cellId) : -1;
  if (index < 0 && cell !== null) {
    index = cells.findIndex(
      ({ model }) => model.type === 'code' && model.sharedModel.toJSON().execution_count === cell
    );
  }
  if (index >= 0) {
    notebook.activeCellIndex = index;
    NotebookActions.deselectAll(notebook);
    void notebook.scrollToItem(index, 'center');
  } else if (cell !== null || cellId) {
    Notification.info(trans.__('The cell that made this run is not in the notebook any more.'), {
      autoClose: 6000
    });
  }
}
