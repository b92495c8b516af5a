import { experiments } from './experiments/plugin';
import { workbench } from './workbench/plugin';

export default [workbench, experiments];
