import { pathOf, RequestError, type Api, type Schemas } from '../../api/request';
import type { Operation } from '../api';

export type ReadinessCard = Schemas['ReadinessCard'];
export type Check = Schemas['Check'];

export const promote = (api: Api, name: string, body: Schemas['Promote']): Promise<Operation> =>
  api.json(`serving/endpoints/${pathOf(name)}/promotions`, { method: 'POST', body });

/** The readiness card of a promotion, also while it is made; null before its model is loaded. */
export async function getCard(
  api: Api,
  operation: string,
  background: boolean
): Promise<ReadinessCard | null> {
  try {
    return await api.json(`serving/promotions/${pathOf(operation)}/readiness`, { background });
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) {
      return null;
    }
    throw error;
  }
}

/** Let a promotion that waits go on. */
export const goOn = (api: Api, operation: string, body: Schemas['Decide']): Promise<Operation> =>
  api.json(`serving/promotions/${pathOf(operation)}/go`, { method: 'POST', body });

export const cancel = (api: Api, operation: string): Promise<Operation> =>
  api.json(`operations/${pathOf(operation)}/cancel`, { method: 'POST', body: {} });
