import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';

import type { RequestError } from '../../api/request';
import { asRequestError } from '../../common/resource';
import type { Store } from '../../common/store';

export { useOnScreen, useTheme, useWidth } from '../../common/screen';

export interface ILoaded<T> {
  data: T | null;
  error: RequestError | null;
  /** New data are on their way; the old ones stay. */
  busy: boolean;
  again: () => void;
}

/** What a promise gives, asked for anew when the key changes; null asks for nothing. The last answer stays meanwhile. */
export function useLoaded<T>(key: string | null, load: (gone: AbortSignal) => Promise<T>): ILoaded<T> {
  const [state, setState] = useState<{ key: string | null; data: T | null; error: RequestError | null }>({
    key: null,
    data: null,
    error: null
  });
  const [tries, setTries] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (key === null) {
      return undefined;
    }
    const control = new AbortController();
    latest.current(control.signal).then(
      data => control.signal.aborted || setState({ key, data, error: null }),
      error =>
        control.signal.aborted ||
        setState(before => ({ key, data: before.data, error: asRequestError(error) }))
    );
    return () => control.abort();
  }, [key, tries]);
  return useMemo(
    () => ({
      data: state.data,
      error: state.key === key ? state.error : null,
      busy: key !== null && state.key !== key,
      again: () => setTries(before => before + 1)
    }),
    [state, key]
  );
}

/** A value that follows another after a pause. */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

/** What follows from a store's value; the component is drawn anew only when this is another. */
export function useSelected<T, S extends string | number | boolean | null>(
  store: Store<T>,
  select: (value: T) => S
): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
