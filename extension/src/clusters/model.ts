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
import { isLive, isOf, nameFor } from './words';

const MOST_WORKERS = 64;

/** What the page knows of clusters. */
export class ClustersModel {
  constructor(private readonly workbench: IWorkbench) {
    this.clusters = workbench.resource(['clusters'], background => listClusters(workbench.api, background));
  }

  readonly clusters: Resource<Cluster[]>;

  /** What the dialog for a new cluster begins with; `notebook` is the path of the one that it is for. */
  defaults(notebook?: string): StartCluster {
    const taken = new Set(this.clusters.data?.map(cluster => cluster.name));
    const wish = notebook === undefined ? 'workers' : nameFor(notebook);
    let name = wish;
    for (let next = 2; taken.has(name); next += 1) {
      name = `${wish}-${next}`;
    }
    return {
      name,
      workers: this.workbench.setting('defaultWorkers', 2),
      threads: 1,
      memory_limit: 'auto',
      gpus: 0,
      ...(notebook === undefined ? {} : { notebook })
    };
  }

  /** Start a cluster; its message says so where it ran already. */
  async start(wanted: StartCluster): Promise<Cluster> {
    const cluster = await startCluster(this.workbench.api, wanted);
    await this.clusters.refresh();
    return cluster;
  }

  /** Those that a person would call running, asked for now. */
  async live(background: boolean): Promise<Cluster[]> {
    return (await listClusters(this.workbench.api, background)).filter(isLive);
  }

  /** The cluster that a notebook has, as things stand now. */
  async ofNotebook(path: string): Promise<Cluster | undefined> {
    const clusters = await listClusters(this.workbench.api, false);
    this.clusters.set(clusters);
    return clusters.find(cluster => isLive(cluster) && isOf(path, cluster));
  }

  async stopAll(): Promise<void> {
    await Promise.all((await this.live(false)).map(cluster => this.stop(cluster)));
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
