import { cell, literal } from '../../common/code';
import type { IRollout } from './rollout';

/** The cell that promotes a run's model. */
export function promoteCode(runId: string, name: string, model: string | null, rollout: IRollout): string {
  const percent = rollout.rollout === 'canary' ? rollout.percent : '';
  const shadow = rollout.rollout === 'shadow';
  const flags = `${percent && ` --canary ${percent}`}${shadow ? ' --shadow' : ''}`;
  const keywords = `${percent && `, canary=${percent}`}${shadow ? ', shadow=True' : ''}`;
  return cell(
    [runId, name, ...(model ? [model] : []), ...(percent ? [percent] : [])],
    (run, to, ...words) => `%promote ${run} --to ${to}${model ? ` --model ${words[0]}` : ''}${flags}`,
    `lw.serving.promote(${literal(runId)}, to=${literal(name)}${model ? `, model=${literal(model)}` : ''}${keywords})`
  );
}
