import type { ISignal } from '@lumino/signaling';
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';

import { RequestError, type Schemas } from '../api/request';

/** Where something that comes from the service stands. `refreshing` keeps the data on the screen. */
export type State<T> =
  { status: 'pending' } | { status: 'failed'; error: RequestError } | { status: 'ready'; data: T };

export interface IResourceOptions<T> {
  /** Asks the service; `background` says that nobody clicked. */
  load: (background: boolean) => Promise<T>;
  /** The service's "changed" events. */
  changes: ISignal<unknown, Schemas['Changed']>;
  /** Which events matter. */
  concerns: (change: Schemas['Changed']) => boolean;
  /** Where events fail to come: milliseconds between looks, while somebody looks; Infinity for never. */
  pollMilliseconds: () => number;
}

const BURST = 150;
const PATIENCE = 3;
const RARELY = 3000;

/**
 * Something the service knows, kept fresh while somebody looks at it.
 *
 * Nothing is asked for before the first `watch()`, and nothing while the page is hidden.
 */
export class Resource<T> {
  constructor(private readonly options: IResourceOptions<T>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): State<T> => this.state;

  get data(): T | undefined {
    return this.state.status === 'ready' ? this.state.data : undefined;
  }

  /** Somebody looks; the returned function says that they stopped. */
  watch(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) {
      this.options.changes.connect(this.onChange);
      document.addEventListener('visibilitychange', this.lookAgain);
      this.outdated = true;
      this.lookAgain();
    }
    return () => {
      this.watchers -= 1;
      if (this.watchers === 0) {
        this.options.changes.disconnect(this.onChange);
        document.removeEventListener('visibilitychange', this.lookAgain);
        window.clearTimeout(this.timer);
      }
    };
  }

  /** Ask now; resolves when the state is new. */
  async refresh(background = false): Promise<void> {
    window.clearTimeout(this.timer);
    const turn = (this.turn += 1);
    this.outdated = false;
    this.loading += 1;
    if (!background && this.state.status === 'failed') {
      this.become({ status: 'pending' });
    }
    const begin = performance.now();
    let next: State<T>;
    try {
      next = { status: 'ready', data: await this.options.load(background) };
    } catch (error) {
      next = { status: 'failed', error: asRequestError(error) };
    }
    this.loading -= 1;
    this.took = performance.now() - begin;
    // A later answer may have come first.
    if (turn === this.turn) {
      this.become(next);
      this.wait();
    }
    this.lookAgain();
  }

  /** Put what a write answered in place, without asking again. */
  set(data: T): void {
    this.turn += 1;
    this.become({ status: 'ready', data });
    this.wait();
  }

  private become(state: State<T>): void {
    this.state = state;
    this.listeners.forEach(listener => listener());
  }

  private readonly onChange = (_: unknown, change: Schemas['Changed']): void => {
    if (this.options.concerns(change)) {
      this.outdated = true;
      this.lookAgain();
    }
  };

  private readonly lookAgain = (): void => {
    if (this.outdated && this.watchers > 0 && !this.loading && !this.asking && !document.hidden) {
      // Events come in bursts: one look for all of them, the rarer the more a look costs.
      this.asking = window.setTimeout(
        () => {
          this.asking = 0;
          void this.refresh(this.state.status !== 'pending');
        },
        this.state.status === 'pending' ? 0 : Math.min(Math.max(BURST, PATIENCE * this.took), RARELY)
      );
    }
  };

  private wait(): void {
    window.clearTimeout(this.timer);
    const pause = this.options.pollMilliseconds();
    if (this.watchers > 0 && Number.isFinite(pause)) {
      this.timer = window.setTimeout(() => {
        this.outdated = true;
        this.lookAgain();
        this.wait();
      }, pause);
    }
  }

  private state: State<T> = { status: 'pending' };
  private readonly listeners = new Set<() => void>();
  private watchers = 0;
  private turn = 0;
  private timer = 0;
  private asking = 0;
  private loading = 0;
  /** Milliseconds that the last look took. */
  private took = 0;
  private outdated = true;
}

/** Whether the widget that React draws in is on the screen. */
export const Visible = createContext(false);

/** The state of a resource; it is kept fresh while the component's widget is on the screen. */
export function useResource<T>(resource: Resource<T>): State<T> {
  const visible = useContext(Visible);
  useEffect(() => (visible ? resource.watch() : undefined), [resource, visible]);
  return useSyncExternalStore(resource.subscribe, resource.getState);
}

/** Any thrown thing as the error that the page can show. */
export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) {
    return error;
  }
  console.error(error);
  const words = error instanceof Error ? error.message : String(error);
  return new RequestError(0, 'page', `Something went wrong in the page: ${words}`);
}
