import type { TranslationBundle } from '@jupyterlab/translation';

import type { Tone } from '../common/badge';
import { word } from '../common/code';
import { bytes } from '../common/format';
import type { Cluster, StartCluster } from './api';

/** A cluster's state, as people read it. */
export function stateOf(cluster: Cluster, trans: TranslationBundle): { tone: Tone; text: string } {
  switch (cluster.state) {
    case 'running':
      return { tone: 'good', text: trans.__('running') };
    case 'starting':
      return { tone: 'busy', text: trans.__('starting…') };
    case 'stopping':
      return { tone: 'busy', text: trans.__('stopping…') };
    case 'failed':
      return { tone: 'bad', text: trans.__('failed') };
    case 'lost':
      return { tone: 'bad', text: trans.__('lost') };
    default:
      return { tone: 'quiet', text: trans.__('stopped') };
  }
}

/** Whether it has workers, or will have some. */
export function isLive(cluster: Cluster): boolean {
  return cluster.state === 'running' || cluster.state === 'starting';
}

/** A name for the cluster of a notebook, as `%cluster start` would choose it. */
export function nameFor(notebook: string): string {
  const stem = notebook
    .split('/')
    .pop()!
    .replace(/\.[^.]*$/, '');
  const name = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name.slice(0, 33).replace(/-+$/, '') || 'notebook';
}

/** Whether a cluster is that of a notebook, whose path the page knows from the server's root and the kernel in full. */
export function isOf(notebook: string, cluster: Cluster): boolean {
  return cluster.notebook === notebook || Boolean(cluster.notebook?.endsWith(`/${notebook}`));
}

/** How many workers, in a few words. */
export function sizeOf(cluster: Cluster, trans: TranslationBundle): string {
  const here = cluster.workers.length;
  return here === cluster.wanted
    ? trans._n('%1 worker', '%1 workers', here)
    : trans.__('%1 of %2 workers', here, cluster.wanted);
}

/** Bytes that the workers use. */
export function memoryUsed(cluster: Cluster): number {
  return cluster.workers.reduce((sum, worker) => sum + worker.memory, 0);
}

/** Memory that the workers use, and what they may use. */
export function memoryOf(cluster: Cluster): string {
  const limit = cluster.workers.reduce((sum, worker) => sum + worker.memory_limit, 0);
  const used = bytes(memoryUsed(cluster));
  return limit ? `${used} / ${bytes(limit)}` : used;
}

/** The cell that starts this cluster, or connects to it where it runs. */
export function startCode(cluster: Cluster): string {
  const words = [`%cluster start --workers ${cluster.wanted}`];
  if (cluster.threads !== 1) {
    words.push(`--threads ${cluster.threads}`);
  }
  if (cluster.memory_limit !== 'auto') {
    words.push(`--memory ${word(cluster.memory_limit)}`);
  }
  if (cluster.gpus) {
    words.push(`--gpus ${cluster.gpus}`);
  }
  return [...words, `--name ${word(cluster.name)}`].join(' ');
}

/** What it takes to start this cluster again as it was. */
export function again({ name, wanted, threads, memory_limit, gpus }: Cluster): StartCluster {
  return { name, workers: wanted, threads, memory_limit, gpus };
}
