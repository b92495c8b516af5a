import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRunningSessionManagers, IRunningSessionSidebar } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { Api, type Schemas } from '../api/request';
import { copyAsCell } from '../common/cell';
import { labwrightIcon } from '../common/icons';
import { Resource } from '../common/resource';
import { Store } from '../common/store';
import { IWorkbench } from '../common/tokens';
import { Running } from './running';
import { Sidebar } from './sidebar';
import { addTab } from './tabs';

const CHANGED = 'urn:labwright:changed:v1';
const OPEN = 'labwright:open';

/** The side bar, the tabs, the line to the service; starts nothing. */
export const workbench: JupyterFrontEndPlugin<IWorkbench> = {
  id: 'labwright:workbench',
  description: 'The side bar, the tabs and the line to the service that the capabilities share.',
  autoStart: true,
  provides: IWorkbench,
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    INotebookTracker,
    ISettingRegistry,
    ITranslator,
    IRunningSessionManagers,
    IRunningSessionSidebar
  ],
  activate: (
    app: JupyterFrontEnd,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    notebooks: INotebookTracker | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    managers: IRunningSessionManagers | null,
    runningPanel: IRunningSessionSidebar | null
  ): IWorkbench => {
    const trans = (translator ?? nullTranslator).load('labwright');
    const changes = new Signal<object, Schemas['Changed']>({});
    app.serviceManager.events.stream.connect((_, event) => {
      if (event.schema_id === CHANGED) {
        changes.emit({ capability: String(event.capability), name: String(event.name) });
      }
    });
    let settings: ISettingRegistry.ISettings | null = null;
    registry?.load('labwright:workbench').then(
      loaded => (settings = loaded),
      error => console.error('Labwright runs with its default settings:', error)
    );

    const found: IWorkbench = {
      api: new Api(app.serviceManager.serverSettings),
      trans,
      resource: (capabilities, load, { poll, seconds } = { poll: true }) =>
        new Resource({
          load,
          changes,
          // * comes when the service lives again: anything may have changed.
          concerns: change => change.capability === '*' || capabilities.includes(change.capability),
          pollMilliseconds: () => (poll ? (seconds ?? found.setting('pollSeconds', 20)) * 1000 : Infinity)
        }),
      addSection: section => sidebar.add(section, found),
      showSection: id => {
        app.shell.activateById(sidebar.id);
        sidebar.reveal(id);
      },
      used: new Store(false),
      addRunning: (capability, kind) => running.add(capability, kind),
      addTab: kind => addTab(app, restorer, found, kind),
      copyAsCell: code => copyAsCell(code, notebooks, id => app.shell.activateById(id), trans),
      setting: <T>(name: string, otherwise: T): T => (settings?.composite[name] as T | undefined) ?? otherwise
    };

    const running = new Running(found);
    const sidebar = new Sidebar(translator ?? nullTranslator, trans, () => found.used.set(true));
    app.shell.add(sidebar, 'left', { rank: 350, type: 'Labwright' });
    restorer?.add(sidebar, sidebar.id);

    app.commands.addCommand(OPEN, {
      label: args => (args.isPalette ? trans.__('Open Labwright') : trans.__('Labwright')),
      caption: trans.__('Clusters, experiments, features, endpoints and drift, in the side bar'),
      icon: labwrightIcon,
      describedBy: { args: { type: 'object', properties: { isPalette: { type: 'boolean' } } } },
      execute: () => app.shell.activateById(sidebar.id)
    });
    palette?.addItem({ command: OPEN, category: trans.__('Labwright'), args: { isPalette: true } });
    launcher?.add({ command: OPEN, category: trans.__('Other'), rank: 0 });
    // After the capabilities, which are all there by then, have brought what they have running.
    void app.restored.then(() => managers && running.join(managers, runningPanel));
    return found;
  }
};
