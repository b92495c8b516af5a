import { Clipboard, Notification } from '@jupyterlab/apputils';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

const LOAD = '%load_ext labwright';
const CHECK = '__import__("importlib.util").util.find_spec("labwright") is not None';
const CHECK_MILLISECONDS = 5000;

/** Put code into a new cell below the active one of the notebook used last, and show it; else on the clipboard. */
export async function copyAsCell(
  code: string,
  tracker: INotebookTracker | null,
  show: (id: string) => void,
  trans: TranslationBundle
): Promise<void> {
  const panel = tracker?.currentWidget;
  if (!panel?.content.model || panel.content.model.readOnly) {
    Clipboard.copyToSystem(`${LOAD}\n${code}`);
    Notification.info(trans.__('No notebook is open to take the cell, so the code is on the clipboard.'), {
      autoClose: 4000
    });
    return;
  }
  const lack = await whatKernelLacks(panel, trans);
  if (lack) {
    Notification.warning(lack, { autoClose: 10000 });
    return;
  }
  show(panel.id);
  insert(panel, loads(panel) ? code : `${LOAD}\n${code}`);
}

function insert(panel: NotebookPanel, code: string): void {
  const notebook = panel.content;
  NotebookActions.insertBelow(notebook);
  const cell = notebook.activeCell;
  if (cell) {
    if (cell.model.type !== 'code') {
      NotebookActions.changeCellType(notebook, 'code');
    }
    notebook.activeCell?.model.sharedModel.setSource(code);
    void notebook.scrollToItem(notebook.activeCellIndex, 'smart');
  }
}

function loads(panel: NotebookPanel): boolean {
  return panel.content.widgets.some(
    cell =>
      cell.model.type === 'code' &&
      /^%(load_ext|reload_ext)\s+labwright\b/m.test(cell.model.sharedModel.source)
  );
}

/** Why the notebook's kernel could not run the cell; empty where it can, or where it is too busy to say. */
async function whatKernelLacks(panel: NotebookPanel, trans: TranslationBundle): Promise<string> {
  // Where no kernel was chosen, the notebook is never ready.
  await Promise.race([panel.sessionContext.ready, patience()]);
  const kernel = panel.sessionContext.session?.kernel;
  if (!kernel) {
    return trans.__('This notebook has no kernel. Choose a Python kernel, then copy the cell again.');
  }
  const language = (await kernel.info).language_info.name;
  if (language !== 'python') {
    return trans.__(
      'This notebook’s kernel is not Python. Open a Python notebook, then copy the cell again.'
    );
  }
  if (kernel.status === 'busy') {
    return '';
  }
  return (await hasLabwright(kernel))
    ? ''
    : trans.__(
        'This notebook’s kernel has no Labwright. Run %pip install labwright in a cell, then copy again.'
      );
}

async function hasLabwright(kernel: Kernel.IKernelConnection): Promise<boolean> {
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    allow_stdin: false,
    user_expressions: { found: CHECK }
  });
  const reply = await Promise.race([future.done, patience()]);
  if (!reply || reply.content.status !== 'ok') {
    return true;
  }
  const found = reply.content.user_expressions?.found as { data?: { 'text/plain'?: string } } | undefined;
  return found?.data?.['text/plain'] !== 'False';
}

function patience(): Promise<null> {
  return new Promise(resolve => setTimeout(() => resolve(null), CHECK_MILLISECONDS));
}
