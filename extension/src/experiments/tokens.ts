import type { LabIcon } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';

import type { Schemas } from '../api/request';

/** Something that a higher capability does with a run, such as promoting its model. */
export interface IRunAction {
  label: string;
  icon: LabIcon;
  /** Why it cannot be done with this run; empty where it can. */
  unavailable: (run: Schemas['Run']) => string;
  execute: (run: Schemas['Run']) => void | Promise<void>;
}

/** Where higher capabilities put what they do with runs. */
export interface IExperiments {
  addRunAction(action: IRunAction): void;
}

/** What the experiments' panels offer to other capabilities. */
export const IExperiments = new Token<IExperiments>(
  'labwright:IExperiments',
  'Actions on runs that other capabilities bring to the tables and comparisons of runs.'
);
