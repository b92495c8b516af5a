import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from 'react';

import type { RequestError } from '../../api/request';
import { asRequestError } from '../../common/resource';
import type { Store } from '../../common/store';

/** Whether an element has come (nearly) onto the screen; once it was, it stays so unless `always` is asked for. */
export function useOnScreen(element: RefObject<Element | null>, always = false): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const found = element.current;
    if (!found || (seen && !always)) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      entries => setSeen(entries[entries.length - 1].isIntersecting),
      { rootMargin: '120px' }
    );
    observer.observe(found);
    return () => observer.disconnect();
  }, [element, seen && !always]);
  return seen;
}

/** The width of an element, as it changes. */
export function useWidth(element: RefObject<Element | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const found = element.current;
    if (!found) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setWidth(Math.floor(found.getBoundingClientRect().width)));
    observer.observe(found);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Counts JupyterLab's changes of theme: what is painted on a canvas takes its colours anew. */
export function useTheme(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setCount(before => before + 1));
    observer.observe(document.body, { attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light'] });
    return () => observer.disconnect();
  }, []);
  return count;
}

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
