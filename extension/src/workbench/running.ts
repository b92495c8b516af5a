import type { IRunningSessionManagers, IRunningSessions, IRunningSessionSidebar } from '@jupyterlab/running';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import { attempt } from '../common/notice';
import type { Resource } from '../common/resource';
import type { IRunning, IWorkbench } from '../common/tokens';

/** Labwright's section of JupyterLab's Running panel: it shows what runs, and starts nothing to find out. */
export class Running implements IRunningSessions.IManager {
  constructor(private readonly workbench: IWorkbench) {
    const { trans } = workbench;
    this.name = trans.__('Clusters and Endpoints');
    this.shutdownAllLabel = trans.__('Stop All');
    this.shutdownAllConfirmationText = trans.__(
      'All clusters end, with what they compute and hold in memory, and all endpoints stop answering.'
    );
    this.shutdownLabel = trans.__('Stop');
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;
  readonly supportsMultipleViews = false;
  readonly runningChanged = new Signal<this, void>(this);

  /** A capability brings what it has running. */
  add(capability: string, kind: IRunning): void {
    this.kinds.push(kind);
    const resource = this.workbench.resource([capability], async background => {
      const door = await this.workbench.api.json<{ running: boolean }>('door', { background: true });
      return door.running ? kind.list(background) : [];
    });
    resource.subscribe(() => this.runningChanged.emit());
    this.resources.push(resource);
  }

  /** Put the section in its place. It asks only while it is on the screen, wherever the person has moved it. */
  join(managers: IRunningSessionManagers, sidebar: IRunningSessionSidebar | null): void {
    managers.add(this);
    const follow = (widget: Widget): void => {
      if (widget.title.label === this.name) {
        MessageLoop.installMessageHook(widget, () => {
          this.look(widget.isVisible);
          return true;
        });
        this.look(widget.isVisible);
      }
    };
    sidebar?.getSections().forEach(({ widget }) => follow(widget));
    sidebar?.sectionAdded.connect((_, { widget }) => follow(widget));
  }

  running(): IRunningSessions.IRunningItem[] {
    return this.resources.flatMap(resource => resource.data ?? []);
  }

  refreshRunning(): void {
    this.resources.forEach(resource => void resource.refresh());
  }

  shutdownAll(): void {
    this.kinds.forEach((kind, place) => {
      void attempt(async () => {
        await kind.stopAll();
        await this.resources[place].refresh();
      });
    });
  }

  private look(visible: boolean): void {
    if (visible && !this.stops.length) {
      this.stops = this.resources.map(resource => resource.watch());
    } else if (!visible) {
      this.stops.splice(0).forEach(stop => stop());
    }
  }

  private readonly kinds: IRunning[] = [];
  private readonly resources: Resource<IRunningSessions.IRunningItem[]>[] = [];
  private stops: (() => void)[] = [];
}
