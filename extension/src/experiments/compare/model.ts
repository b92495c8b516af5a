import type { Resource } from '../../common/resource';
import { Store } from '../../common/store';
import type { IWorkbench } from '../../common/tokens';
import {
  compareRuns,
  curvesOf,
  differencesOf,
  filesOf,
  type Comparison,
  type CurveWindow,
  type Differences,
  type IWanted,
  type LoggedFiles
} from './api';
import { colourOf } from './colours';
import { Queue } from './queue';
import { DEFAULT_VIEW, type IView, type Views } from './state';

const SAVE_MILLISECONDS = 300;
const AT_ONCE = 3;

/** One comparison: its runs, how they are looked at, and what is under the pointer; all of its parts share it. */
export class CompareModel {
  constructor(
    readonly workbench: IWorkbench,
    readonly runIds: readonly string[],
    private readonly views: Views
  ) {
    this.comparison = workbench.resource(['experiments'], () => this.load(), { poll: false });
  }

  readonly comparison: Resource<Comparison>;
  readonly view = new Store<IView>(DEFAULT_VIEW);
  /** The run under the pointer, in whichever part. */
  readonly hovered = new Store<string | null>(null);
  /** The runs that the brushes of the parallel coordinates let through; null without a brush. */
  readonly brushed = new Store<ReadonlySet<string> | null>(null);

  change(changes: Partial<IView>): void {
    this.view.set({ ...this.view.get(), ...changes });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.views.save(this.name, this.view.get()), SAVE_MILLISECONDS);
  }

  /** Show or hide a run. */
  toggle(runId: string): void {
    const { hidden } = this.view.get();
    this.change({
      hidden: hidden.includes(runId) ? hidden.filter(id => id !== runId) : [...hidden, runId]
    });
  }

  /** Bring one run out before all others, or end that. */
  isolate(runId: string): void {
    this.change({ isolated: this.view.get().isolated === runId ? null : runId });
  }

  colour(runId: string): string {
    return colourOf(Math.max(this.runIds.indexOf(runId), 0));
  }

  curves(wanted: IWanted, gone: AbortSignal): Promise<CurveWindow> {
    return this.queue.run(() => curvesOf(this.workbench.api, wanted), gone);
  }

  /** What was recorded of two runs, kept while the tab is open. */
  differences(base: string, other: string, fold: boolean): Promise<Differences> {
    return this.once(`${base} ${other} ${fold}`, () => differencesOf(this.workbench.api, base, other, fold));
  }

  files(runs: readonly string[]): Promise<LoggedFiles> {
    return this.once(`files ${runs.join(' ')}`, () => filesOf(this.workbench.api, runs));
  }

  private once<T>(key: string, load: () => Promise<T>): Promise<T> {
    let found = this.kept.get(key) as Promise<T> | undefined;
    if (!found) {
      found = load();
      this.kept.set(key, found);
      found.catch(() => this.kept.delete(key));
    }
    return found;
  }

  private async load(): Promise<Comparison> {
    if (!this.restored) {
      this.view.set(await this.views.load(this.name));
      this.restored = true;
    }
    const found = await compareRuns(this.workbench.api, this.runIds);
    this.kept.clear(); // runs that go on record more
    return found;
  }

  private get name(): string {
    return this.runIds.join('-');
  }

  private readonly queue = new Queue(AT_ONCE);
  private readonly kept = new Map<string, Promise<unknown>>();
  private restored = false;
  private timer = 0;
}
