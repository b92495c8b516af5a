import type { LabIcon } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { ReactElement } from 'react';

import type { Schemas } from '../api/request';

/** Something that a higher capability does with a run, such as promoting its model. */
export interface IRunAction {
  label: string;
  icon: LabIcon;
  /** Why it cannot be done with this run; empty where it can. */
  unavailable: (run: Schemas['Run']) => string;
  execute: (run: Schemas['Run']) => void | Promise<void>;
}

/** Where a run was made. */
export interface IPlace {
  /** As the kernel knows it: a path on the machine, or one of Jupyter's. */
  notebook: string;
  /** The cell's execution count, and its id where the front end told it. */
  cell: number | null;
  cellId: string | null;
}

/** What a higher capability knows of a run, such as the endpoints that serve it, for the run's details. */
export interface IRunPart {
  title: string;
  /** Draws nothing where it knows nothing. */
  body: (run: Schemas['Run']) => ReactElement;
}

/** What higher capabilities do with runs, and the ways from theirs to runs and notebooks. */
export interface IExperiments {
  addRunAction(action: IRunAction): void;
  addRunPart(part: IRunPart): void;
  /** Open the table of a run's experiment, with the details of the run. */
  openRun(runId: string): Promise<void>;
  /** Open the notebook that made a run, at its cell; where it is not there any more, say so. */
  openNotebook(place: IPlace): Promise<void>;
  /** Write the recorded cells of a run beside the notebook that made it, and open them. */
  restore(runId: string): Promise<void>;
}

/** What the experiments' panels offer to other capabilities. */
export const IExperiments = new Token<IExperiments>(
  'labwright:IExperiments',
  'Actions on runs that other capabilities bring to the tables and comparisons of runs.'
);
