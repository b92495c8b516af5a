import { pathOf, type Api, type Schemas } from '../api/request';

export type Cluster = Schemas['Cluster'];
export type StartCluster = Required<Omit<Schemas['StartCluster'], 'notebook'>> & { notebook?: string };

export const listClusters = (api: Api, background: boolean): Promise<Cluster[]> =>
  api.json('clusters', { background });

export const startCluster = (api: Api, body: StartCluster): Promise<Cluster> =>
  api.json('clusters', { method: 'POST', body: body satisfies Schemas['StartCluster'] });

export const scaleCluster = (api: Api, name: string, body: Schemas['ScaleCluster']): Promise<Cluster> =>
  api.json(`clusters/${pathOf(name)}`, { method: 'PATCH', body });

export const stopCluster = (api: Api, name: string): Promise<Cluster> =>
  api.json(`clusters/${pathOf(name)}`, { method: 'DELETE' });
