import React, { type ReactElement } from 'react';

import { CopyAsCell } from '../common/button';
import { Empty, Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';
import type { FeatureView } from './api';
import type { FeaturesModel } from './model';
import { APPLY_CODE, joinCode } from './words';

interface IProps {
  model: FeaturesModel;
  open: (view: string) => void;
}

/** The side bar's section: the feature views of the repository. */
export function FeaturesSection({ model, open }: IProps): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={model.repository}>
      {({ views, path }) =>
        views.length ? (
          <ul className="lw-List" title={path}>
            {views.map(view => (
              <ViewItem key={view.name} view={view} open={open} />
            ))}
          </ul>
        ) : (
          <Empty>
            <p>{trans.__('No feature views yet. Apply Feast’s definitions, and they appear here:')}</p>
            <div className="lw-actions">
              <code>lw.features.apply([…])</code>
              <CopyAsCell code={APPLY_CODE} what={trans.__('apply a first view')} />
            </div>
          </Empty>
        )
      }
    </Loaded>
  );
}

function ViewItem({ view, open }: { view: FeatureView; open: IProps['open'] }): ReactElement {
  const { trans } = useWorkbench();
  const features = trans._n('%1 feature', '%1 features', view.features.length);
  const entities = view.entities.join(', ');
  return (
    <li className="lw-Item lw-Row">
      <button
        type="button"
        className="lw-Item-line lw-mod-double"
        title={view.description || view.name}
        onClick={() => open(view.name)}
      >
        <span className="lw-ellipsis">{view.name}</span>
        <span className="lw-quiet lw-ellipsis">
          {entities ? trans.__('%1 · by %2', features, entities) : features}
        </span>
      </button>
      <CopyAsCell code={joinCode(view.name)} what={trans.__('join %1', view.name)} />
    </li>
  );
}
