import { clusters } from './clusters/plugin';
import { drift } from './drift/plugin';
import { experiments } from './experiments/plugin';
import { features } from './features/plugin';
import { renderers } from './renderers/plugin';
import { serving } from './serving/plugin';
import { workbench } from './workbench/plugin';

export default [workbench, clusters, experiments, features, serving, drift, renderers];
