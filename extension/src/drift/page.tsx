import React, { type ReactElement } from 'react';

import type { Resource } from '../common/resource';
import { Loaded } from '../common/shell';
import { useWorkbench } from '../common/widget';

/**
 * Evidently's own page.
 *
 * A column's name or a category can be script in it. The sandbox has no `allow-same-origin`: what runs there has an
 * origin of its own, without the page's cookies, storage or document, and the page's policy leaves it no network.
 */
export function FullReport({
  resource,
  endpoint
}: {
  resource: Resource<string>;
  endpoint: string;
}): ReactElement {
  const { trans } = useWorkbench();
  return (
    <Loaded resource={resource}>
      {html => (
        <iframe
          className="lw-Frame"
          title={trans.__('Evidently’s report on %1', endpoint)}
          sandbox="allow-scripts"
          referrerPolicy="no-referrer"
          srcDoc={html}
        />
      )}
    </Loaded>
  );
}
