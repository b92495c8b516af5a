import React, { useMemo, useRef, type ReactElement } from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Comparison } from './api';
import { dimensionsOf } from './dimensions';
import { useOnScreen } from './hooks';
import type { CompareModel } from './model';
import { Parallel } from './parallel';
import { Scatter } from './scatter';

export interface IRelationProps {
  model: CompareModel;
  comparison: Comparison;
  dimensions: ReturnType<typeof dimensionsOf>;
  base: string;
}

/** How parameters, costs and metrics go together over all runs. */
export function Relations({ model, comparison, base }: Omit<IRelationProps, 'dimensions'>): ReactElement {
  const { trans } = useWorkbench();
  const box = useRef<HTMLDivElement>(null);
  const seen = useOnScreen(box);
  const dimensions = useMemo(() => dimensionsOf(comparison, trans), [comparison, trans]);
  const props = { model, comparison, base, dimensions };
  return (
    <div className="lw-Relations" ref={box}>
      {seen ? (
        <>
          <Parallel {...props} />
          <Scatter {...props} />
        </>
      ) : null}
    </div>
  );
}

/** Which runs stand back in drawings, and which are not in them. */
export function useStanding(model: CompareModel): {
  hovered: string | null;
  faint: (id: string) => boolean;
  hidden: (id: string) => boolean;
} {
  const { isolated, hidden } = useStore(model.view);
  const hovered = useStore(model.hovered);
  const brushed = useStore(model.brushed);
  return {
    hovered,
    faint: id => (isolated !== null && isolated !== id) || (brushed !== null && !brushed.has(id)),
    hidden: id => hidden.includes(id)
  };
}
