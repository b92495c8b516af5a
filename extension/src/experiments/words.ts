import type { TranslationBundle } from '@jupyterlab/translation';

import type { Tone } from '../common/badge';
import { cell, literal, python } from '../common/code';
import type { Run } from './api';

/** MLflow's word for a run's state, as people read it. */
export function statusOf(run: Pick<Run, 'status'>, trans: TranslationBundle): { tone: Tone; text: string } {
  switch (run.status) {
    case 'FINISHED':
      return { tone: 'good', text: trans.__('finished') };
    case 'RUNNING':
      return { tone: 'busy', text: trans.__('running') };
    case 'FAILED':
      return { tone: 'bad', text: trans.__('failed') };
    case 'KILLED':
      return { tone: 'bad', text: trans.__('killed') };
    default:
      return { tone: 'quiet', text: run.status.toLowerCase() };
  }
}

/** The cell that compares these runs. */
export function compareCode(runIds: string[]): string {
  return cell(
    runIds,
    (...words) => `%compare ${words.join(' ')}`,
    `lw.experiments.compare(${python(runIds)})`
  );
}

/** The cell that compares the newest runs of an experiment. */
export function compareExperimentCode(experiment: string): string {
  return cell(
    [experiment],
    name => `%compare --experiment ${name} --top 5`,
    `lw.experiments.compare(experiment=${literal(experiment)}, top=5)`
  );
}
