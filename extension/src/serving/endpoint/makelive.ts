import { confirm } from '../../common/dialog';
import { attempt } from '../../common/notice';
import type { IWorkbench } from '../../common/tokens';
import type { Endpoint } from '../api';
import { partWords } from '../sharewords';
import type { EndpointModel } from './model';
import { makeLiveCode } from './words';

/** Ask, naming both versions, and promote one that is here already. It is checked as any other is. */
export async function askMakeLive(
  model: EndpointModel,
  endpoint: Endpoint,
  version: string,
  run: string | null,
  { trans, copyAsCell }: IWorkbench
): Promise<void> {
  const part = partWords(endpoint, one => one.version === version, trans);
  const sure = await confirm(
    trans,
    trans.__('Make version %1 live on %2?', version, endpoint.name),
    part
      ? trans.__(
          'Version %1 (%2) becomes live instead of version %3, once it has passed its checks. %4 No request fails.',
          version,
          run ?? endpoint.name,
          endpoint.live!.version,
          part
        )
      : trans.__(
          'Version %1 (%2) takes all calls from version %3, once it has passed its checks. No request fails.',
          version,
          run ?? endpoint.name,
          endpoint.live!.version
        ),
    trans.__('Make live'),
    () => copyAsCell(makeLiveCode(endpoint.name, version))
  );
  if (sure) {
    await attempt(() => model.makeLive(endpoint, version));
  }
}
