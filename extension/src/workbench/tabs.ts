import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { ITabKind, IWorkbench } from '../common/tokens';
import { PanelWidget } from '../common/widget';

/** Register a kind of main-area tab: one command opens it, brings it to the front, and brings it back after a reload. */
export function addTab<A extends ReadonlyPartialJSONObject>(
  app: JupyterFrontEnd,
  restorer: ILayoutRestorer | null,
  workbench: IWorkbench,
  kind: ITabKind<A>
): (args: A, options?: { behind: boolean }) => void {
  const command = `labwright:open-${kind.id}`;
  const tracker = new WidgetTracker<MainAreaWidget<PanelWidget>>({ namespace: `labwright-${kind.id}` });
  const openedWith = new WeakMap<object, A>();
  // Not an argument of the command: the layout restorer keeps those.
  let behind = false;

  app.commands.addCommand(command, {
    label: args => kind.title(args as A),
    describedBy: { args: { type: 'object' } },
    execute: given => {
      const args = given as A;
      const id = `labwright-${kind.id}-${kind.name(args)}`;
      let tab = tracker.find(widget => widget.id === id);
      if (!tab) {
        tab = new MainAreaWidget({ content: new PanelWidget(workbench, kind.body(args)) });
        tab.id = id;
        tab.title.label = tab.title.caption = kind.title(args);
        tab.title.icon = kind.icon;
        tab.addClass('lw-Tab');
        tab.toolbar.hide();
        openedWith.set(tab, args);
        app.shell.add(tab, 'main', { activate: !behind });
        void tracker.add(tab);
      }
      if (!behind) {
        app.shell.activateById(id);
      }
    }
  });
  void restorer?.restore(tracker, {
    command,
    args: widget => openedWith.get(widget) ?? {},
    name: widget => widget.id
  });
  return (args, options) => {
    behind = options?.behind ?? false;
    try {
      void app.commands.execute(command, args);
    } finally {
      behind = false;
    }
  };
}
