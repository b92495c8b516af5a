import { say } from '../common/notice';
import type { Resource } from '../common/resource';
import type { IWorkbench } from '../common/tokens';
import {
  listClusters,
  scaleCluster,
  startCluster,
  stopCluster,
  type Cluster,
  type StartCluster
} from './api';

const MOST_WORKERS = 64;

/** What the page knows of clusters. */
export class ClustersModel {
  constructor(private readonly workbench: IWorkbench) {
    this.clusters = workbench.resource(['clusters'], background => listClusters(workbench.api, background));
  }

  readonly clusters: Resource<Cluster[]>;

  /** What the dialog for a new cluster begins with. */
  defaults(): StartCluster {
    const taken = new Set(this.clusters.data?.map(cluster => cluster.name));
    let name = 'workers';
    for (let next = 2; taken.has(name); next += 1) {
      name = `workers-${next}`;
    }
    return {
      name,
      workers: this.workbench.setting('defaultWorkers', 2),
      threads: 1,
      memory_limit: 'auto',
      gpus: 0
    };
  }

  async start(wanted: StartCluster): Promise<void> {
    const { message } = await startCluster(this.workbench.api, wanted);
    if (message) {
      say(`${wanted.name}: ${message}`);
    }
    await this.clusters.refresh();
  }

  /** Whether a cluster can have that many workers. */
  fits(workers: number): boolean {
    return workers >= 1 && workers <= MOST_WORKERS;
  }

  async scale(cluster: Cluster, workers: number): Promise<void> {
    try {
      await scaleCluster(this.workbench.api, cluster.name, { workers, expected_revision: cluster.revision });
    } finally {
      await this.clusters.refresh();
    }
  }

  async stop(cluster: Cluster): Promise<void> {
    try {
      await stopCluster(this.workbench.api, cluster.name);
    } finally {
      await this.clusters.refresh();
    }
  }
}
