import { useSyncExternalStore } from 'react';

/** A value that React reads and a model writes. */
export class Store<T> {
  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly set = (value: T): void => {
    if (value !== this.value) {
      this.value = value;
      this.listeners.forEach(listener => listener());
    }
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private readonly listeners = new Set<() => void>();
}

/** The value of a store, read by a component. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
