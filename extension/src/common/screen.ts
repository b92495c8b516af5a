import { useEffect, useState, type RefObject } from 'react';

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
