import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { Axis } from './api';

/** How a comparison is looked at; it comes back with the tab. */
export interface IView {
  /** The run that others are measured against; null for the first. */
  base: string | null;
  hideSame: boolean;
  layout: 'auto' | 'rows' | 'columns';
  hidden: readonly string[];
  isolated: string | null;
  axis: Axis;
  range: readonly [number, number] | null;
  smoothing: number;
  logX: boolean;
  logY: boolean;
  /** The run whose records are beside the base's; null for the second. */
  other: string | null;
  scatterX: string | null;
  scatterY: string | null;
  scatterLogX: boolean;
  scatterLogY: boolean;
  /** Axes of the parallel coordinates, in their order; null for the usual ones. */
  axes: readonly string[] | null;
  logAxes: readonly string[];
  colourBy: string | null;
}

export const DEFAULT_VIEW: IView = {
  base: null,
  hideSame: true,
  layout: 'auto',
  hidden: [],
  isolated: null,
  axis: 'step',
  range: null,
  smoothing: 0,
  logX: false,
  logY: false,
  other: null,
  scatterX: null,
  scatterY: null,
  scatterLogX: false,
  scatterLogY: false,
  axes: null,
  logAxes: [],
  colourBy: null
};

const KEY = 'labwright:comparisons';
const KEPT = 30;

type Saved = { name: string; view: Partial<IView> }[];

/** Views of comparisons in JupyterLab's state database: those of the comparisons used last. */
export class Views {
  constructor(private readonly states: IStateDB | null) {}

  async load(name: string): Promise<IView> {
    const found = (await this.all()).find(one => one.name === name)?.view ?? {};
    const view: Record<string, unknown> = { ...DEFAULT_VIEW };
    for (const [key, value] of Object.entries(found)) {
      if (key in DEFAULT_VIEW && isLike(value, DEFAULT_VIEW[key as keyof IView])) {
        view[key] = value;
      }
    }
    return view as unknown as IView;
  }

  /** One after the other, so that two tabs do not overwrite each other's. */
  save(name: string, view: IView): void {
    this.last = this.last.then(async () => {
      const others = (await this.all()).filter(one => one.name !== name);
      const saved = [{ name, view }, ...others].slice(0, KEPT);
      await this.states?.save(KEY, saved as unknown as ReadonlyPartialJSONValue);
    });
  }

  private async all(): Promise<Saved> {
    const found = await this.states?.fetch(KEY).catch(() => undefined);
    return Array.isArray(found) ? (found as unknown as Saved) : [];
  }

  private last: Promise<void> = Promise.resolve();
}

/** Whether a saved value has the form of the default one: a state file may be anybody's, or an older version's. */
function isLike(value: unknown, usual: unknown): boolean {
  if (Array.isArray(value)) {
    return (
      (usual === null || Array.isArray(usual)) &&
      value.every(one => typeof one === 'string' || Number.isFinite(one))
    );
  }
  return usual === null
    ? value === null || typeof value === 'string'
    : typeof value === typeof usual && !Array.isArray(usual);
}
