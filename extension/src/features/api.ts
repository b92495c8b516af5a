import { pathOf, type Api, type Schemas } from '../api/request';

export type Feature = Schemas['Feature'];
export type FeatureView = Schemas['FeatureView'];
export type FeatureViewDetail = Schemas['FeatureViewDetail'];
export type Preview = Schemas['Preview'];

export const getRepository = (api: Api, background: boolean): Promise<Schemas['FeatureRepository']> =>
  api.json('features', { background });

export const getView = (api: Api, name: string, background: boolean): Promise<FeatureViewDetail> =>
  api.json(`features/views/${pathOf(name)}`, { background });
