import React, { useContext, useEffect, useRef, useState, type ReactElement } from 'react';

import { FoldsContext } from './fold';

const LOADS = 4000; // milliseconds in which what was opened gets its content
const ROOM = 8; // pixels between the names and the part below them
const HANDS = ['wheel', 'pointerdown', 'keydown', 'touchmove'];

/** The parts by name, above them: a click opens one and brings it into view. The one that is read is underlined. */
export function PartsNav({ label, parts }: { label: string; parts: [string, string][] }): ReactElement {
  const folds = useContext(FoldsContext);
  const nav = useRef<HTMLElement>(null);
  const [read, setRead] = useState(parts[0][0]);
  const end = useRef<() => void>(() => undefined);

  useEffect(() => {
    const page = pageOf(nav.current!);
    // A part that was asked for is the one that is read until somebody scrolls, also where it cannot come to the top.
    const look = (): void => setRead(before => (held.get(page) ? before : partAt(nav.current!, parts)));
    page.addEventListener('scroll', look, { passive: true });
    return () => {
      page.removeEventListener('scroll', look);
      end.current();
    };
  }, [parts]);
  useEffect(() => {
    const row = nav.current!;
    const now = row.querySelector<HTMLElement>('[aria-current]');
    if (now && row.scrollWidth > row.clientWidth) {
      row.scrollTo({ left: now.offsetLeft - row.offsetLeft - row.clientWidth / 3 });
    }
  }, [read]);

  const go = (id: string): void => {
    end.current();
    folds.set(id, true);
    setRead(id);
    end.current = hold(nav.current!, id);
  };
  return (
    <nav ref={nav} className="lw-Comparison-nav lw-PartsNav" aria-label={label}>
      {parts.map(([id, title]) => (
        <button
          key={id}
          type="button"
          aria-current={id === read ? 'location' : undefined}
          onClick={() => go(id)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

/** Pages whose part was asked for by name, until somebody scrolls, with what lets them go. */
const held = new WeakMap<Element, () => void>();

/** Bring something else of a page into view; the part that was asked for before is not held there any more. */
export function bringElse(element: Element): void {
  const page = element.closest('.lw-Panel');
  if (page) {
    held.get(page)?.();
  }
  element.scrollIntoView({ block: 'nearest' });
}

const pageOf = (nav: Element): Element => nav.closest('.lw-Panel')!;

const partOf = (page: Element, id: string): Element | null => page.querySelector(`[data-part="${id}"]`);

/** Bring a part below the names, and keep it there while content comes, above it or in it, until a hand is on it. */
function hold(nav: HTMLElement, id: string): () => void {
  const page = pageOf(nav);
  const bring = (): void => {
    const part = partOf(page, id);
    if (part) {
      const below = page.getBoundingClientRect().top + nav.offsetHeight + ROOM;
      page.scrollBy({ top: part.getBoundingClientRect().top - below });
    }
  };
  const growth = new ResizeObserver(bring);
  const stop = (): void => {
    growth.disconnect();
    clearTimeout(timer);
  };
  const free = (): void => {
    stop();
    held.delete(page);
    HANDS.forEach(kind => page.removeEventListener(kind, free));
  };
  const timer = setTimeout(stop, LOADS);
  held.set(page, free);
  growth.observe(nav.parentElement!); // which calls at once, too
  HANDS.forEach(kind => page.addEventListener(kind, free, { passive: true }));
  return free;
}

/** The part that stands right below the names; at the page's end the last one. */
function partAt(nav: HTMLElement, parts: [string, string][]): string {
  const page = pageOf(nav);
  const line = page.getBoundingClientRect().top + nav.offsetHeight + 3 * ROOM;
  const tops = parts.flatMap(([id]) => {
    const part = partOf(page, id);
    return part ? [{ id, top: part.getBoundingClientRect().top }] : [];
  });
  if (page.scrollTop > 0 && page.scrollTop + page.clientHeight >= page.scrollHeight - 2) {
    return tops[tops.length - 1]?.id ?? parts[0][0];
  }
  const above = tops.filter(({ top }) => top <= line);
  const last = above[above.length - 1];
  // Of two that stand side by side the first one.
  return last ? tops.find(({ top }) => Math.abs(top - last.top) < 1)!.id : parts[0][0];
}
