import type { Schemas } from '../api/request';
import type { Resource } from '../common/resource';
import type { IWorkbench } from '../common/tokens';
import { getRepository, getView, type FeatureViewDetail } from './api';

/** What the page knows of features. */
export class FeaturesModel {
  constructor(private readonly workbench: IWorkbench) {
    this.repository = workbench.resource(['features'], background =>
      getRepository(workbench.api, background)
    );
  }

  readonly repository: Resource<Schemas['FeatureRepository']>;

  view(name: string): Resource<FeatureViewDetail> {
    return this.workbench.resource(['features'], background => getView(this.workbench.api, name, background));
  }
}
