import type { LabIcon } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';

import type { Schemas } from '../api/request';

/** Something that a higher capability does with an endpoint, such as looking for drift. */
export interface IEndpointAction {
  label: string;
  icon: LabIcon;
  /** Why it cannot be done with this endpoint; empty where it can. */
  unavailable: (endpoint: Schemas['Endpoint']) => string;
  execute: (endpoint: Schemas['Endpoint']) => void | Promise<void>;
}

/** Where higher capabilities put what they do with endpoints. */
export interface IServing {
  addEndpointAction(action: IEndpointAction): void;
}

/** What the endpoints' panels offer to other capabilities. */
export const IServing = new Token<IServing>(
  'labwright:IServing',
  'Actions on endpoints that other capabilities bring to the endpoint’s tab.'
);
