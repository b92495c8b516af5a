import type { TranslationBundle } from '@jupyterlab/translation';

import { confirm } from '../common/dialog';
import type { Endpoint } from './api';

/** Ask before an endpoint stops answering; `copy` hands out the cell that stops it. */
export function confirmStop(
  endpoint: Endpoint,
  trans: TranslationBundle,
  copy?: () => Promise<void>
): Promise<boolean> {
  return confirm(
    trans,
    trans.__('Stop %1?', endpoint.name),
    trans.__(
      'Its callers get no connection until it is started again, at the same address and with the same token.'
    ),
    trans.__('Stop'),
    copy
  );
}
