import type { Virtualizer } from '@tanstack/react-virtual';
import { useEffect } from 'react';

import { useStore } from '../../common/store';
import type { IActive } from './active';
import type { RunsTable } from './model';

const PATIENCE = 5000; // milliseconds for the rows to come; later the person reads something else

/** Bring the row of a run that was asked for from elsewhere, such as the side bar, into view, and make it the active one. */
export function useReveal(
  model: RunsTable,
  vertical: Virtualizer<HTMLDivElement, Element>,
  setActive: (active: IActive) => void,
  visible: boolean
): void {
  const wanted = useStore(model.wanted);
  const { rows } = useStore(model.answer);
  const version = useStore(model.version);
  useEffect(() => {
    if (wanted === null || !visible) {
      return undefined;
    }
    for (const [place, line] of rows.lines()) {
      if ('run_id' in line && line.run_id === wanted) {
        setActive({ row: place, column: 1 });
        vertical.scrollToIndex(place);
        model.wanted.set(null);
        return undefined;
      }
    }
    const timer = setTimeout(() => model.wanted.set(null), PATIENCE);
    return () => clearTimeout(timer);
  }, [model, vertical, setActive, visible, wanted, rows, version]);
}
