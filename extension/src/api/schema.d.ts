// Made by `jlpm types` from OpenAPI 79320da58c5c0c74586c094e6260b52be84f72bb424a6a9a55e486ea5621f7ca. Do not edit.

export interface paths {
  '/clusters': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Clusters
     * @description All clusters but the stopped ones.
     */
    get: operations['clusters_clusters_get'];
    put?: never;
    /**
     * Start
     * @description Start a cluster; comes back at once in state starting. The running one of this name is given back unchanged.
     */
    post: operations['start_clusters_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/clusters/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Cluster
     * @description One cluster with its workers as they are now.
     */
    get: operations['cluster_clusters__name__get'];
    put?: never;
    post?: never;
    /**
     * Stop
     * @description End all processes of a cluster.
     */
    delete: operations['stop_clusters__name__delete'];
    options?: never;
    head?: never;
    /**
     * Scale
     * @description Change the number of workers.
     */
    patch: operations['scale_clusters__name__patch'];
    trace?: never;
  };
  '/drift/reports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reports
     * @description The newest reports first, without their histograms.
     */
    get: operations['reports_drift_reports_get'];
    put?: never;
    /**
     * Make Report
     * @description Compare what an endpoint was sent with its model's training sample; the result is {"report_id"}.
     */
    post: operations['make_report_drift_reports_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/drift/reports/{report_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Report
     * @description One report.
     */
    get: operations['report_drift_reports__report_id__get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/drift/reports/{report_id}/page': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Page
     * @description Evidently's own page: only for an iframe with sandbox="allow-scripts".
     */
    get: operations['page_drift_reports__report_id__page_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Events
     * @description Changed events as lines of JSON; an empty line now and then keeps the connection honest.
     */
    get: operations['events_events_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Experiments
     * @description All experiments, the one changed last first.
     */
    get: operations['experiments_experiments_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/compare': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Compare
     * @description Runs side by side, the first as the base.
     */
    post: operations['compare_experiments_compare_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/differences/curves': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Curves
     * @description A metric of many runs over a range of x, thinned to what a chart can show; all points where they are few.
     */
    get: operations['curves_experiments_differences_curves_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/differences/file': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * File
     * @description A file that a run logged. Whatever is in it: nothing runs from this reply.
     */
    get: operations['file_experiments_differences_file_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/differences/files': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Files
     * @description Images and tables that runs logged, by name.
     */
    get: operations['files_experiments_differences_files_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/differences/parts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Parts
     * @description Cells, environment, data and uncommitted changes of two runs, side by side.
     */
    get: operations['parts_experiments_differences_parts_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/differences/table': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Table
     * @description The beginning of a table that a run logged.
     */
    get: operations['table_experiments_differences_table_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/overview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Overview
     * @description All experiments with their newest runs, those that were worked on last first.
     */
    get: operations['overview_experiments_overview_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/runs/bulk': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Change Runs
     * @description Tag, untag, archive or restore many runs.
     */
    post: operations['change_runs_experiments_runs_bulk_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/runs/{run_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Run
     * @description A run with its models, its artifacts and its reference sample.
     */
    get: operations['run_experiments_runs__run_id__get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/runs/{run_id}/origin': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Origin
     * @description The notebook, the cell and the commit that a run was made from.
     */
    get: operations['origin_experiments_runs__run_id__origin_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/runs/{run_id}/recorded': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Recorded
     * @description The cells and the environment that a run recorded.
     */
    get: operations['recorded_experiments_runs__run_id__recorded_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/runs/{run_id}/restore': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Restore
     * @description Write the recorded cells as a notebook beside the original, with the environment; never over another file.
     */
    post: operations['restore_experiments_runs__run_id__restore_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/tracking': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tracking
     * @description Where kernels log to.
     */
    get: operations['tracking_experiments_tracking_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/{experiment_id}/runs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Runs
     * @description Runs of an experiment.
     */
    get: operations['runs_experiments__experiment_id__runs_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/{experiment_id}/table': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Table
     * @description Some rows of the runs table.
     */
    get: operations['table_experiments__experiment_id__table_get'];
    put?: never;
    /**
     * Ask Table
     * @description The same, for queries that are too long for an address.
     */
    post: operations['ask_table_experiments__experiment_id__table_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/experiments/{experiment_id}/table/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Export Table
     * @description All rows that a query finds, as a file.
     */
    get: operations['export_table_experiments__experiment_id__table_export_get'];
    put?: never;
    /**
     * Ask Export
     * @description The same, for queries that are too long for an address.
     */
    post: operations['ask_export_experiments__experiment_id__table_export_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/features': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Features
     * @description All feature views of the repository.
     */
    get: operations['features_features_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/features/views/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * View
     * @description One feature view, with the first rows of its source.
     */
    get: operations['view_features_views__name__get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/operations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Operations
     * @description The newest operations first.
     */
    get: operations['operations_operations_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/operations/{operation_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Operation
     * @description One operation.
     */
    get: operations['operation_operations__operation_id__get'];
    put?: never;
    post?: never;
    /**
     * Forget
     * @description Put away an operation that failed or was cancelled, with those like it before.
     */
    delete: operations['forget_operations__operation_id__delete'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/operations/{operation_id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel
     * @description Ask an operation to stop at its next step.
     */
    post: operations['cancel_operations__operation_id__cancel_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Endpoints
     * @description All endpoints.
     */
    get: operations['endpoints_serving_endpoints_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Endpoint
     * @description One endpoint.
     */
    get: operations['endpoint_serving_endpoints__name__get'];
    put?: never;
    post?: never;
    /**
     * Delete
     * @description End the endpoint and delete its files, the prediction log too.
     */
    delete: operations['delete_serving_endpoints__name__delete'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/consumers': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Consumers
     * @description Who may call the endpoint besides its owner, and who might once.
     */
    get: operations['consumers_serving_endpoints__name__consumers_get'];
    put?: never;
    /**
     * New Consumer
     * @description Make a consumer's token; this reply is the only one that has it.
     */
    post: operations['new_consumer_serving_endpoints__name__consumers_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/consumers/{consumer}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revoke
     * @description End a consumer's token at once.
     */
    delete: operations['revoke_serving_endpoints__name__consumers__consumer__delete'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/docs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Docs
     * @description The endpoint's own page about how to call it, under the policy that it has there.
     */
    get: operations['docs_serving_endpoints__name__docs_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/example': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Example
     * @description Code that calls the endpoint.
     */
    get: operations['example_serving_endpoints__name__example_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/feedback': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Feedback
     * @description Say what came true for a request that was answered; it joins the prediction log.
     */
    post: operations['feedback_serving_endpoints__name__feedback_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/figures': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Figures
     * @description The last five minutes, from the endpoint's own memory; 503 while its process does not run.
     */
    get: operations['figures_serving_endpoints__name__figures_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/lineage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Endpoint Lineage
     * @description From the endpoint back: version, run, notebook and cell, data and feature versions.
     */
    get: operations['endpoint_lineage_serving_endpoints__name__lineage_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/log': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Log
     * @description The newest requests, without their values.
     */
    get: operations['log_serving_endpoints__name__log_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Openapi
     * @description The endpoint's OpenAPI document.
     */
    get: operations['openapi_serving_endpoints__name__openapi_json_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/predict': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Predict
     * @description Ask the endpoint.
     */
    post: operations['predict_serving_endpoints__name__predict_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/promotions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Promotions
     * @description The endpoint's history, newest first.
     */
    get: operations['promotions_serving_endpoints__name__promotions_get'];
    put?: never;
    /**
     * Promote
     * @description Promote a run's model, or a version.
     */
    post: operations['promote_serving_endpoints__name__promotions_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/rollback': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rollback
     * @description Go back to the version before, or to one that was live before.
     */
    post: operations['rollback_serving_endpoints__name__rollback_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/served': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Served
     * @description What answered at a moment of the past; a time without a zone is UTC.
     */
    get: operations['served_serving_endpoints__name__served_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/settings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Settings
     * @description Other settings; they hold at once, without a failed request.
     */
    put: operations['settings_serving_endpoints__name__settings_put'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/start': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Start
     * @description Start a stopped endpoint.
     */
    post: operations['start_serving_endpoints__name__start_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/stop': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Stop
     * @description End the endpoint's processes; all else stays.
     */
    post: operations['stop_serving_endpoints__name__stop_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/endpoints/{name}/traffic': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Set Traffic
     * @description Spread the calls over versions that were promoted here, and send copies to a shadow.
     */
    put: operations['set_traffic_serving_endpoints__name__traffic_put'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/models': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Models
     * @description The registered models.
     */
    get: operations['models_serving_models_get'];
    put?: never;
    /**
     * Register
     * @description Register a run's model as a version; one that is registered under this name already is said.
     */
    post: operations['register_serving_models_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/promotions/{operation}/go': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Go
     * @description Let a promotion that waits for a decision go on; to stop it, cancel the operation.
     */
    post: operations['go_serving_promotions__operation__go_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/promotions/{operation}/readiness': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Readiness
     * @description The readiness card of a promotion, also while it is made.
     */
    get: operations['readiness_serving_promotions__operation__readiness_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/serving/runs/{run_id}/endpoints': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Run Endpoints
     * @description From a run forward: the endpoints that serve its model, or did.
     */
    get: operations['run_endpoints_serving_runs__run_id__endpoints_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/shutdown': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Shutdown
     * @description End the service; with `everything`, endpoints and clusters first. Gives what still goes on.
     */
    post: operations['shutdown_shutdown_post'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/status': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Status
     * @description What the service is, and what goes on without it.
     */
    get: operations['status_status_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /**
     * Axis
     * @description What a curve's x is.
     * @enum {string}
     */
    Axis: 'step' | 'relative' | 'wall';
    /**
     * BulkChange
     * @description One change for many runs.
     */
    BulkChange: {
      /**
       * Action
       * @enum {string}
       */
      action: 'tag' | 'untag' | 'archive' | 'restore';
      /**
       * Key
       * @description For tag and untag
       * @default null
       */
      key?: string | null;
      /** Run Ids */
      run_ids: string[];
      /**
       * Value
       * @description For tag
       * @default
       */
      value?: string;
    };
    /**
     * Canary
     * @description A candidate's way to all of the traffic: by steps, back by itself on errors or latency.
     */
    Canary: {
      /**
       * Calls
       * @description And how many calls the candidate must have answered in each
       * @default 20
       */
      calls?: number;
      /**
       * Max Error Rate
       * @description More 5xx than this above live: back
       * @default 0.01
       */
      max_error_rate?: number;
      /**
       * Max Latency Ratio
       * @description Median latency over the live version's: back
       * @default 3
       */
      max_latency_ratio?: number;
      /**
       * Min Latency Increase Ms
       * @description And so many milliseconds more
       * @default 20
       */
      min_latency_increase_ms?: number;
      /**
       * Percent
       * @description Its first share of the calls
       * @default 10
       */
      percent?: number;
      /**
       * Seconds
       * @description How long each step lasts at least
       * @default 60
       */
      seconds?: number;
      /**
       * Steps
       * @description Its further shares, before all
       * @default [
       *       25,
       *       50
       *     ]
       */
      steps?: number[];
    };
    /**
     * Changed
     * @description A small event: something of `capability` changed; look again.
     */
    Changed: {
      /** Capability */
      capability: string;
      /** Name */
      name: string;
    };
    /**
     * Check
     * @description One line of the card.
     */
    Check: {
      /**
       * Details
       * @description What a program may want: numbers, intervals
       */
      details?: {
        [key: string]: unknown;
      };
      /** Figures */
      figures?: components['schemas']['Figure'][];
      /**
       * Id
       * @description Stable, such as example_scored, schema, metrics, drift, features, latency, isolation
       */
      id: string;
      /** Title */
      title: string;
      verdict: components['schemas']['Verdict'];
      /**
       * Words
       * @description One sentence: what was found, and for a warning or a failure the way on
       */
      words: string;
    };
    /**
     * Cluster
     * @description A cluster as it stands.
     */
    Cluster: {
      /**
       * Address
       * @description The scheduler's, with TLS
       */
      address: string | null;
      /**
       * Backend
       * @description local; kubernetes comes later
       */
      backend: string;
      /**
       * Created
       * Format: date-time
       */
      created: string;
      /**
       * Credentials
       * @description Folder with ca.pem, cert.pem and key.pem, readable by the owner only
       */
      credentials: string | null;
      /**
       * Gpus
       * @description GPUs per worker
       */
      gpus: number;
      /**
       * Memory Limit
       * @description Per worker, such as 2GiB, or auto
       */
      memory_limit: string;
      /**
       * Message
       * @description What happened, in a sentence; empty when all is well
       */
      message: string;
      /** Name */
      name: string;
      /**
       * Notebook
       * @description Path of the notebook that started it
       */
      notebook: string | null;
      /** Revision */
      revision: number;
      state: components['schemas']['ClusterState'];
      /**
       * Threads
       * @description Threads per worker
       */
      threads: number;
      /**
       * Wanted
       * @description Workers that were asked for
       */
      wanted: number;
      /** Workers */
      workers: components['schemas']['Worker'][];
    };
    /**
     * ClusterState
     * @description Where a cluster stands.
     * @enum {string}
     */
    ClusterState: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'lost';
    /**
     * ClusterUsed
     * @description The cluster that the notebook was connected to.
     */
    ClusterUsed: {
      /** Gpus */
      gpus: number;
      /** Name */
      name: string;
      /** Threads */
      threads: number;
      /** Workers */
      workers: number;
    };
    /**
     * Column
     * @description A column that the experiment's runs have.
     */
    Column: {
      /**
       * @description Of a metric: which values are better, by its name; where nobody knows, its best is its last
       * @default none
       */
      direction?: components['schemas']['Direction'];
      /**
       * Filled
       * @description How many runs of this lifecycle have a value
       */
      filled: number;
      /**
       * Key
       * @description attributes.name|status|start_time|end_time|duration|source|notebook|user, params.NAME, metrics.NAME, tags.NAME, cost.wall_seconds|cpu_seconds|gpu_seconds|peak_memory_mb|peak_gpu_memory_mb|money
       */
      key: string;
      kind: components['schemas']['Kind'];
    };
    /**
     * ColumnDrift
     * @description Evidently's verdict on one column.
     */
    ColumnDrift: {
      /** Current Mean */
      current_mean: number | null;
      /**
       * Current Missing
       * @description Share of rows without a value, 0 to 1
       * @default 0
       */
      current_missing?: number;
      /** Drifted */
      drifted: boolean;
      histogram: components['schemas']['Histogram'] | null;
      /**
       * Kind
       * @description num or cat
       */
      kind: string;
      /**
       * Method
       * @description Evidently's test, such as 'Wasserstein distance (normed)'
       */
      method: string;
      /** Name */
      name: string;
      /**
       * Note
       * @description What the reader of the verdict should know, in a sentence
       * @default
       */
      note?: string;
      /** Reference Mean */
      reference_mean: number | null;
      /**
       * Reference Missing
       * @description Share of rows without a value, 0 to 1
       * @default 0
       */
      reference_missing?: number;
      /** Score */
      score: number | null;
      /** Threshold */
      threshold: number;
    };
    /**
     * Compare
     * @description Which runs to compare; the first is the base.
     */
    Compare: {
      /**
       * Points
       * @description At most so many points a curve; 0 for no curves
       * @default 500
       */
      points?: number;
      /** Run Ids */
      run_ids: string[];
    };
    /**
     * ComparedValue
     * @description A parameter, metric or cost of one run; text is empty where the run has none.
     */
    ComparedValue: {
      /** Text */
      text: string;
      /**
       * Value
       * @default null
       */
      value?: number | null;
    };
    /**
     * Comparison
     * @description Runs side by side.
     */
    Comparison: {
      /** Costs */
      costs?: components['schemas']['ComparisonRow'][];
      /** Curves */
      curves: components['schemas']['Curve'][];
      /**
       * Main Metric
       * @description What runs are most likely judged by
       * @default null
       */
      main_metric?: string | null;
      /** Metrics */
      metrics: components['schemas']['ComparisonRow'][];
      /**
       * Missing
       * @description Runs that are not there any more
       */
      missing?: components['schemas']['MissingRun'][];
      /**
       * More Runs
       * @description In an output: runs that were left out of it
       * @default 0
       */
      more_runs?: number;
      /** Params */
      params: components['schemas']['ComparisonRow'][];
      /** Runs */
      runs: components['schemas']['Run'][];
    };
    /**
     * ComparisonRow
     * @description One parameter or metric over all runs of a comparison, in the order of `runs`.
     */
    ComparisonRow: {
      /**
       * Best
       * @description Index of the best run, by the metric's usual direction
       * @default null
       */
      best?: number | null;
      /** Differs */
      differs: boolean;
      /**
       * Direction
       * @description Which values are better
       * @default none
       * @enum {string}
       */
      direction?: 'up' | 'down' | 'none';
      /** Name */
      name: string;
      /** Values */
      values: components['schemas']['ComparedValue'][];
    };
    /**
     * Consumer
     * @description Somebody who may call an endpoint.
     */
    Consumer: {
      /**
       * Created
       * Format: date-time
       */
      created: string;
      /** Name */
      name: string;
      /** Revoked */
      revoked: string | null;
    };
    /**
     * ConsumerToken
     * @description A token, shown this once.
     */
    ConsumerToken: {
      /** Name */
      name: string;
      /** Token */
      token: string;
    };
    /**
     * Curve
     * @description A metric of one run over its steps, at most 500 points.
     */
    Curve: {
      /** Metric */
      metric: string;
      /** Run Id */
      run_id: string;
      /** Steps */
      steps: number[];
      /** Values */
      values: (number | null)[];
    };
    /**
     * CurveSeries
     * @description A metric of one run over a range of x, in the order of x; columns of equal length.
     */
    CurveSeries: {
      /**
       * Count
       * @description Points in the range, before any was left out
       */
      count: number;
      /**
       * Exact
       * @description All points of the range are here, none was left out
       */
      exact: boolean;
      /** Infinite */
      infinite: number;
      /**
       * Nan
       * @description Of these, how many are NaN
       */
      nan: number;
      /** Run Id */
      run_id: string;
      /**
       * Smooth
       * @description The moving average at the same x; empty without smoothing
       */
      smooth: (number | null)[];
      /**
       * X
       * @description Steps, seconds since the run's start, or seconds since the epoch
       */
      x: number[];
      /** Y */
      y: (number | null)[];
    };
    /**
     * CurveWindow
     * @description A metric of many runs over a range of x.
     */
    CurveWindow: {
      axis: components['schemas']['Axis'];
      /** High */
      high: number | null;
      /**
       * Low
       * @description Smallest x of all points, whatever the range; None where there are none
       */
      low: number | null;
      /** Metric */
      metric: string;
      /** Series */
      series: components['schemas']['CurveSeries'][];
    };
    /**
     * DataSet
     * @description A data set that the run read, by its fingerprint.
     */
    DataSet: {
      /** Columns */
      columns?: number | null;
      /** Digest */
      digest: string;
      /** Name */
      name: string;
      /** Rows */
      rows?: number | null;
      /**
       * Source
       * @default
       */
      source?: string;
    };
    /**
     * Decide
     * @description Go on with a promotion that waits for a decision (to stop it, cancel the operation).
     */
    Decide: {
      /**
       * Reason
       * @description Needed when a check failed
       */
      reason?: string | null;
    };
    /**
     * DiffBlock
     * @description A text on both sides, such as a cell.
     */
    DiffBlock: {
      /** Left Title */
      left_title: string;
      mark: components['schemas']['Mark'];
      /** Right Title */
      right_title: string;
      /** Rows */
      rows: components['schemas']['DiffRow'][];
    };
    /**
     * DiffLine
     * @description A line of one side.
     */
    DiffLine: {
      /** Number */
      number: number;
      /** Pieces */
      pieces: components['schemas']['Piece'][];
    };
    /**
     * DiffRow
     * @description Two lines side by side; or a fold, which stands for `folded` equal lines that are not sent.
     */
    DiffRow: {
      /**
       * Folded
       * @default 0
       */
      folded?: number;
      left?: components['schemas']['DiffLine'] | null;
      mark: components['schemas']['Mark'];
      right?: components['schemas']['DiffLine'] | null;
    };
    /**
     * Differences
     * @description What differs between what was recorded of two runs.
     */
    Differences: {
      /** Base */
      base: string;
      /** Other */
      other: string;
      /** Parts */
      parts: components['schemas']['PartDifference'][];
    };
    /**
     * Direction
     * @description Which values are better.
     * @enum {string}
     */
    Direction: 'up' | 'down' | 'none';
    /**
     * DriftReport
     * @description A report. The full one, Evidently's own page, is beside it and is shown only in a sandbox.
     */
    DriftReport: {
      /**
       * Columns
       * @description Drifted first, the strongest first
       */
      columns: components['schemas']['ColumnDrift'][];
      /**
       * Compared
       * @description Number of columns with a verdict; `columns` may hold fewer in an output
       */
      compared: number;
      /**
       * Created
       * Format: date-time
       */
      created: string;
      /** Current Rows */
      current_rows: number;
      /**
       * Drifted
       * @description Number of columns that drifted
       */
      drifted: number;
      /**
       * Endpoint
       * @description Empty for a report on frames of the notebook's own
       */
      endpoint: string;
      /** Id */
      id: string;
      /** Not Compared */
      not_compared?: components['schemas']['NotCompared'][];
      /**
       * Notes
       * @description What the reader should know, such as that rows were sampled
       */
      notes?: string[];
      /** Reference Rows */
      reference_rows: number;
      /**
       * Share
       * @description Share of columns that drifted, 0 to 1
       */
      share: number;
      /**
       * Version
       * @description The live version, whose training sample is the reference
       */
      version: string;
      /** Window */
      window: string | null;
    };
    /**
     * Endpoint
     * @description An endpoint as it stands.
     */
    Endpoint: {
      /**
       * Created
       * Format: date-time
       */
      created: string;
      /**
       * Has Reference
       * @description Whether the live run logged a training sample, so that drift can be read
       */
      has_reference: boolean;
      /**
       * Input Example
       * @description One row to begin with: column → value
       */
      input_example: {
        [key: string]: unknown;
      } | null;
      /**
       * Isolation
       * @description How the model's process is kept apart, in a sentence
       */
      isolation: string;
      live: components['schemas']['Version'] | null;
      /**
       * Message
       * @description What happened, in a sentence; empty when all is well
       */
      message: string;
      /** Name */
      name: string;
      /** @description The promotion that goes on, or the last one */
      operation: components['schemas']['Operation'] | null;
      /**
       * Predictions
       * @description Rows answered since it was made
       */
      predictions: number;
      /**
       * Previous
       * @description The version that a rollback goes back to
       */
      previous?: string | null;
      /** Revision */
      revision: number;
      /**
       * @default {
       *       "batching": "adaptive",
       *       "deadline_seconds": 30,
       *       "environment": "notebook",
       *       "load_seconds": 300,
       *       "log": {
       *         "entity_keys": [],
       *         "fsync": false,
       *         "hashed": [],
       *         "inputs": true,
       *         "leave_out": [],
       *         "max_mb": 2048,
       *         "retention_days": 90
       *       },
       *       "network": false,
       *       "replicas": 1
       *     }
       */
      settings?: components['schemas']['EndpointSettings'];
      signature: components['schemas']['Signature'] | null;
      state: components['schemas']['EndpointState'];
      /**
       * Traffic
       * @description All versions that are loaded, the live one first
       * @default []
       */
      traffic?: components['schemas']['VersionTraffic'][];
      /**
       * Updated
       * Format: date-time
       */
      updated: string;
      /**
       * Url
       * @description http://127.0.0.1:PORT; the same across restarts
       */
      url: string | null;
    };
    /**
     * EndpointSettings
     * @description An endpoint's settings, whole.
     */
    EndpointSettings: {
      /**
       * Batching
       * @description off: one row's bits, and slower
       * @default adaptive
       * @enum {string}
       */
      batching?: 'adaptive' | 'off';
      /**
       * Deadline Seconds
       * @description For one batch; then its process ends
       * @default 30
       */
      deadline_seconds?: number;
      /**
       * Environment
       * @description rebuilt: made by uv from the requirements that were logged with the model
       * @default notebook
       * @enum {string}
       */
      environment?: 'notebook' | 'rebuilt';
      /**
       * Load Seconds
       * @description A version that loads for longer failed
       * @default 300
       */
      load_seconds?: number;
      /**
       * @default {
       *       "entity_keys": [],
       *       "fsync": false,
       *       "hashed": [],
       *       "inputs": true,
       *       "leave_out": [],
       *       "max_mb": 2048,
       *       "retention_days": 90
       *     }
       */
      log?: components['schemas']['LogSettings'];
      /**
       * Network
       * @description Whether the model's process may open network connections
       * @default false
       */
      network?: boolean;
      /**
       * Replicas
       * @description Processes of each version
       * @default 1
       */
      replicas?: number;
      /**
       * Sticky
       * @description A request header: calls with the same value get the same version while traffic is split
       */
      sticky?: string | null;
    };
    /**
     * EndpointState
     * @description Where an endpoint stands.
     * @enum {string}
     */
    EndpointState: 'starting' | 'ready' | 'failed' | 'stopped';
    /**
     * Example
     * @description Code that calls an endpoint, with its own input example. It fetches the token and does not hold it.
     */
    Example: {
      /** Curl */
      curl: string;
      /** Magic */
      magic: string;
      /**
       * Mlflow
       * @description Python with MLflow's own client functions
       */
      mlflow: string;
      /** Python */
      python: string;
      /**
       * V2
       * @description A command in the Open Inference Protocol
       */
      v2: string;
    };
    /**
     * ExecutedCell
     * @description A cell that the kernel ran, secrets masked.
     */
    ExecutedCell: {
      /** Cell Id */
      cell_id?: string | null;
      /** Execution Count */
      execution_count?: number | null;
      /** Ok */
      ok?: boolean | null;
      /**
       * Order
       * @description 1 for the first cell since the kernel's start
       */
      order: number;
      /**
       * Seconds
       * @description None for the cell that goes on
       */
      seconds?: number | null;
      /** Source */
      source: string;
      /**
       * Started
       * @description None for what ran before Labwright was loaded
       */
      started?: string | null;
    };
    /**
     * Expected
     * @description A write that names the state it expects.
     */
    Expected: {
      /** Expected Revision */
      expected_revision?: number | null;
    };
    /**
     * Experiment
     * @description An MLflow experiment.
     */
    Experiment: {
      /** Experiment Id */
      experiment_id: string;
      /** Name */
      name: string;
      /** Updated */
      updated: string | null;
    };
    /**
     * FactRow
     * @description A named value on both sides, such as a package's version; None where a side has none.
     */
    FactRow: {
      /** Left */
      left: string | null;
      mark: components['schemas']['Mark'];
      /** Name */
      name: string;
      /** Right */
      right: string | null;
    };
    /**
     * Feature
     * @description A column of a feature view.
     */
    Feature: {
      /**
       * Description
       * @default
       */
      description?: string;
      /** Dtype */
      dtype: string;
      /** Name */
      name: string;
    };
    /**
     * FeatureRepository
     * @description All feature views of the repository that Labwright uses.
     */
    FeatureRepository: {
      /** Path */
      path: string;
      /** Views */
      views: components['schemas']['FeatureView'][];
    };
    /**
     * FeatureView
     * @description A feature view as the registry has it.
     */
    FeatureView: {
      /** Created */
      created: string | null;
      /** Description */
      description: string;
      /** Entities */
      entities: string[];
      /** Features */
      features: components['schemas']['Feature'][];
      /** Join Keys */
      join_keys: string[];
      /**
       * Materialized
       * @description Up to when its rows are in the online store
       */
      materialized?: string | null;
      /** Name */
      name: string;
      /**
       * Online
       * @description Whether it is meant to be looked up online
       * @default true
       */
      online?: boolean;
      /** Owner */
      owner: string;
      /** Project */
      project: string;
      /**
       * Source
       * @description Where the rows come from, such as a file's path
       */
      source: string;
      /** Tags */
      tags: {
        [key: string]: string;
      };
      /** Timestamp Field */
      timestamp_field: string;
      /** Ttl Seconds */
      ttl_seconds: number | null;
      /** Updated */
      updated: string | null;
      /**
       * Version
       * @description A digest of its definition: the same as long as nothing is changed
       * @default
       */
      version?: string;
    };
    /**
     * FeatureViewDetail
     * @description A feature view with a look at its rows.
     */
    FeatureViewDetail: {
      /**
       * Note
       * @description Why there is no preview, when there is none
       * @default
       */
      note?: string;
      preview: components['schemas']['Preview'] | null;
      view: components['schemas']['FeatureView'];
    };
    /**
     * FeatureViewUsed
     * @description A feature view that made the run's data.
     */
    FeatureViewUsed: {
      /** Name */
      name: string;
      /**
       * Version
       * @description Digest of its definition
       */
      version: string;
    };
    /**
     * Feedback
     * @description What came true, for a request that was answered.
     */
    Feedback: {
      /**
       * Outcome
       * @description A value, or a list with one for each row of the request
       */
      outcome: unknown;
      /** Request Id */
      request_id: string;
    };
    /**
     * Figure
     * @description A figure of a check, in words that need no more: "accuracy, version 3", "0.912".
     */
    Figure: {
      /** Name */
      name: string;
      /** Value */
      value: string;
    };
    /**
     * Figures
     * @description An endpoint's last minutes, a value per interval, oldest first. Null where nothing was asked.
     */
    Figures: {
      /**
       * Batch Rows
       * @description Rows in a batch, on average
       */
      batch_rows: (number | null)[];
      /**
       * End
       * @description Seconds since 1970 at the end of the last interval
       */
      end: number;
      /**
       * Errors
       * @description Per second: replies of 5xx
       */
      errors: number[];
      /** P50 Ms */
      p50_ms: (number | null)[];
      /** P95 Ms */
      p95_ms: (number | null)[];
      /** P99 Ms */
      p99_ms: (number | null)[];
      /**
       * Refused
       * @description Per second: replies of 4xx
       */
      refused: number[];
      /**
       * Requests
       * @description Per second
       */
      requests: number[];
      /**
       * Seconds
       * @description The length of an interval
       */
      seconds: number;
      /**
       * Unlogged
       * @description Predictions that the log could not take since the endpoint started
       */
      unlogged: number;
    };
    /**
     * GitState
     * @description The repository that the notebook lies in.
     */
    GitState: {
      /** Branch */
      branch: string | null;
      /**
       * Changed Files
       * @description Tracked files with uncommitted changes
       */
      changed_files: number;
      /** Commit */
      commit: string | null;
      /**
       * Remote
       * @description Address of origin, without a password
       */
      remote?: string | null;
    };
    /**
     * GoingOn
     * @description Something that outlives kernel, Jupyter server and service.
     */
    GoingOn: {
      /** Capability */
      capability: string;
      /** Name */
      name: string;
      /**
       * Stop
       * @description The command that stops it
       */
      stop: string;
      /**
       * What
       * @description One line for people, such as its address
       */
      what: string;
    };
    /**
     * Group
     * @description Runs that have the same value of `group_by`; a Spread for number columns, else the one text they share.
     */
    Group: {
      /** Cells */
      cells: (components['schemas']['Spread'] | string | null)[];
      /** Runs */
      runs: number;
      /** Value */
      value: string | null;
    };
    /** HTTPValidationError */
    HTTPValidationError: {
      /** Detail */
      detail?: components['schemas']['ValidationError'][];
    };
    /**
     * Histogram
     * @description The two distributions of a column, on the same bins. Counts are shares of rows, 0 to 1.
     */
    Histogram: {
      /** Current */
      current: number[];
      /**
       * Labels
       * @description A label per bin: a range, or a category
       */
      labels: string[];
      /** Reference */
      reference: number[];
    };
    /**
     * Kind
     * @description What a column holds.
     * @enum {string}
     */
    Kind: 'text' | 'number' | 'time' | 'seconds';
    /**
     * LatestRun
     * @description A run in one line.
     */
    LatestRun: {
      /**
       * Metric
       * @description By name, so that runs of one kind show the same one
       */
      metric: string | null;
      /** Name */
      name: string;
      /** Run Id */
      run_id: string;
      /** Started */
      started: string | null;
      /** Status */
      status: string;
      /**
       * Text
       * @description The metric's value as text; says nan, inf or -inf where value is null
       */
      text: string;
      /** Value */
      value: number | null;
    };
    /**
     * Lineage
     * @description An endpoint's versions and what made them, the live one first.
     */
    Lineage: {
      /** Endpoint */
      endpoint: string;
      /** Versions */
      versions: components['schemas']['VersionOrigin'][];
    };
    /**
     * LogSettings
     * @description What the prediction log keeps.
     */
    LogSettings: {
      /**
       * Entity Keys
       * @description Columns that say whom a row is about
       * @default []
       */
      entity_keys?: string[];
      /**
       * Fsync
       * @description Wait for the disk at each request, against power loss
       * @default false
       */
      fsync?: boolean;
      /**
       * Hashed
       * @description Columns of which only a keyed hash is logged, so that they join
       * @default []
       */
      hashed?: string[];
      /**
       * Inputs
       * @description Off: neither inputs nor outputs, only that there was a request
       * @default true
       */
      inputs?: boolean;
      /**
       * Leave Out
       * @description Columns that are not logged
       * @default []
       */
      leave_out?: string[];
      /**
       * Max Mb
       * @description The oldest days go first; null: no limit
       * @default 2048
       */
      max_mb?: number | null;
      /**
       * Retention Days
       * @description Null: for ever
       * @default 90
       */
      retention_days?: number | null;
    };
    /**
     * LoggedFile
     * @description An image or table that runs logged under one name.
     */
    LoggedFile: {
      /**
       * Kind
       * @description image or table
       */
      kind: string;
      /**
       * Name
       * @description The path; for images of mlflow.log_image their key
       */
      name: string;
      /**
       * Paths
       * @description Run id → path among that run's artifacts
       */
      paths: {
        [key: string]: string;
      };
      /**
       * Step
       * @description For images of mlflow.log_image
       */
      step: number | null;
    };
    /**
     * LoggedFiles
     * @description The images and tables of runs, by name.
     */
    LoggedFiles: {
      /** Files */
      files: components['schemas']['LoggedFile'][];
      /** Notes */
      notes: string[];
    };
    /**
     * LoggedModel
     * @description A model that a run logged.
     */
    LoggedModel: {
      /** Has Signature */
      has_signature: boolean;
      /** Model Id */
      model_id: string | null;
      /** Name */
      name: string;
      /**
       * Uri
       * @description models:/… or runs:/…, as MLflow knows it
       */
      uri: string;
    };
    /**
     * LoggedPrediction
     * @description One request in the prediction log.
     */
    LoggedPrediction: {
      /**
       * At
       * Format: date-time
       */
      at: string;
      /**
       * Consumer
       * @description Who asked; empty for a token of nobody's
       * @default
       */
      consumer?: string;
      /** Latency Ms */
      latency_ms: number;
      /** Request Id */
      request_id: string;
      /**
       * Role
       * @description live, share, canary or shadow
       * @default live
       */
      role?: string;
      /** Rows */
      rows: number;
      /** Status */
      status: number;
      /** Version */
      version: string;
    };
    /**
     * LoggedTable
     * @description The beginning of a table that a run logged; all cells as text.
     */
    LoggedTable: {
      /** Columns */
      columns: string[];
      /** Rows */
      rows: string[][];
      /**
       * Total
       * @description Rows that the file has
       */
      total: number;
    };
    /**
     * MakeReport
     * @description Ask for a report on an endpoint's recent inputs against its model's training sample.
     */
    MakeReport: {
      /** Endpoint */
      endpoint: string;
      /**
       * Window
       * @description How far back, such as 30m, 12h, 7d, 2w; without it, all
       */
      window?: string | null;
    };
    /**
     * Mark
     * @description What became of a line, a block or a fact, from the base (left) to the other run (right).
     * @enum {string}
     */
    Mark: 'same' | 'changed' | 'added' | 'removed';
    /**
     * Metric
     * @description The last value of a metric.
     */
    Metric: {
      /** Step */
      step: number;
      /**
       * Text
       * @description The value as text; says nan, inf or -inf where value is null
       */
      text: string;
      /** Value */
      value: number | null;
    };
    /**
     * MissingRun
     * @description A run that was asked for and cannot be compared.
     */
    MissingRun: {
      /** Reason */
      reason: string;
      /** Run Id */
      run_id: string;
    };
    /**
     * NewConsumer
     * @description Make a token for a consumer.
     */
    NewConsumer: {
      /** Name */
      name: string;
    };
    /**
     * NotCompared
     * @description A column that has no verdict, and why.
     */
    NotCompared: {
      /** Name */
      name: string;
      /** Reason */
      reason: string;
    };
    /**
     * Operation
     * @description Long work: has an id, a progress figure, a log and a cancel; a reloaded page finds it again.
     */
    Operation: {
      /**
       * Created
       * Format: date-time
       */
      created: string;
      error: components['schemas']['Problem'] | null;
      /** Id */
      id: string;
      /**
       * Kind
       * @description CAPABILITY.VERB, such as serving.promote
       */
      kind: string;
      /** Log */
      log: string[];
      /**
       * Progress
       * @description 0 to 1
       */
      progress: number;
      /**
       * Result
       * @description What came of it; its keys depend on the kind
       */
      result: {
        [key: string]: unknown;
      };
      state: components['schemas']['OperationState'];
      /**
       * Step
       * @description What is being done now, in words
       */
      step: string;
      /**
       * Subject
       * @description The name of what is worked on, such as an endpoint's
       */
      subject: string;
      /**
       * Updated
       * Format: date-time
       */
      updated: string;
    };
    /**
     * OperationState
     * @description Where an operation stands. The last three are final.
     * @enum {string}
     */
    OperationState: 'running' | 'succeeded' | 'failed' | 'cancelled';
    /**
     * Origin
     * @description Where a run was made.
     */
    Origin: {
      /** Branch */
      branch: string | null;
      /**
       * Cell
       * @description Execution count of the cell
       */
      cell: number | null;
      /** Cell Id */
      cell_id: string | null;
      /** Commit */
      commit: string | null;
      /** @description What else was recorded, if it can be read */
      context?: components['schemas']['RunContext'] | null;
      /**
       * Notebook
       * @description As the kernel knows it: a path on its machine, or one of Jupyter's
       */
      notebook: string | null;
      /**
       * Recorded
       * @description Whether the executed cells were recorded, so that they can be restored
       */
      recorded: boolean;
      /** User */
      user: string | null;
    };
    /**
     * OutputFact
     * @description A name and what it is, as text.
     */
    OutputFact: {
      /** Name */
      name: string;
      /** Text */
      text: string;
    };
    /**
     * OutputMetric
     * @description A metric of a run, as the cell's output shows it.
     */
    OutputMetric: {
      /**
       * Best
       * @description Empty where nobody knows which way is better
       * @default
       */
      best?: string;
      /**
       * Best Step
       * @default null
       */
      best_step?: number | null;
      /** Last */
      last: string;
      /** Name */
      name: string;
      /** Steps */
      steps?: number[];
      /**
       * Values
       * @description None for NaN and infinity
       */
      values?: (number | null)[];
    };
    /**
     * Overview
     * @description An experiment with its newest runs.
     */
    Overview: {
      experiment: components['schemas']['Experiment'];
      /**
       * More
       * @description Whether there are older ones; for an experiment that rests, whether there are any
       */
      more: boolean;
      /** Runs */
      runs: components['schemas']['LatestRun'][];
    };
    /**
     * PartDifference
     * @description A recorded part of two runs: texts in blocks, or facts.
     */
    PartDifference: {
      /** Blocks */
      blocks?: components['schemas']['DiffBlock'][];
      /** Facts */
      facts?: components['schemas']['FactRow'][];
      /**
       * Notes
       * @description What is missing, unreadable or too large, in sentences
       */
      notes: string[];
      /**
       * Part
       * @description cells, environment, data or changes
       */
      part: string;
      /** Same */
      same: boolean;
    };
    /**
     * Piece
     * @description A part of a line; `changed` marks words that differ from those on the other side.
     */
    Piece: {
      /**
       * Changed
       * @default false
       */
      changed?: boolean;
      /** Text */
      text: string;
    };
    /**
     * Predict
     * @description Rows to predict: columns and data, as MLflow's scoring protocol has them (dataframe_split), or a whole body.
     */
    Predict: {
      /**
       * Body
       * @description Instead: the body of MLflow's scoring protocol, such as inputs with a tensor, or instances
       */
      body?: {
        [key: string]: unknown;
      } | null;
      /**
       * Columns
       * @default []
       */
      columns?: string[];
      /**
       * Data
       * @default []
       */
      data?: unknown[][];
    };
    /**
     * Prediction
     * @description The answer of an endpoint: one prediction a row (a value, or a column → value record).
     */
    Prediction: {
      /**
       * Latency Ms
       * @description As the service saw it, next to the endpoint
       */
      latency_ms: number;
      /** Predictions */
      predictions: unknown[];
      /** Request Id */
      request_id: string;
      /** Version */
      version: string;
    };
    /**
     * Preview
     * @description The first rows of a view's source. Cells are text.
     */
    Preview: {
      /** Columns */
      columns: string[];
      /** Rows */
      rows: string[][];
      /** Total Rows */
      total_rows: number | null;
    };
    /**
     * Price
     * @description What an hour costs, by the settings; the run's estimated cost follows from it.
     */
    Price: {
      /**
       * Currency
       * @default
       */
      currency?: string;
      /** Per Cpu Hour */
      per_cpu_hour: number;
      /** Per Gpu Hour */
      per_gpu_hour: number;
    };
    /**
     * Problem
     * @description An error reply (RFC 9457).
     */
    Problem: {
      /** Code */
      code: string;
      /** Detail */
      detail: string;
      /** Status */
      status: number;
      /** Title */
      title: string;
      /**
       * Type
       * @default about:blank
       */
      type?: string;
    };
    /**
     * Promote
     * @description Promote a run's model, or a registered version, to an endpoint.
     */
    Promote: {
      /**
       * Ask
       * @description When to wait for a decision after the readiness card: always, when a check warned or failed, or never (a failed check then stops it, unless there is a reason)
       * @default never
       * @enum {string}
       */
      ask?: 'never' | 'warnings' | 'always';
      /** @description Go to all of the traffic by steps */
      canary?: components['schemas']['Canary'] | null;
      /**
       * Check Only
       * @description Make the readiness card, then take everything back
       * @default false
       */
      check_only?: boolean;
      /**
       * Expected Revision
       * @description Refuse with 409 when the endpoint has another
       */
      expected_revision?: number | null;
      /**
       * Model
       * @description Which of the run's models, when it has several
       */
      model?: string | null;
      /**
       * Reason
       * @description Why to go on though a check failed; it is recorded
       */
      reason?: string | null;
      /** Run Id */
      run_id?: string | null;
      /**
       * Shadow
       * @description Only copies of the calls go to it; the live version stays
       * @default false
       */
      shadow?: boolean;
      /**
       * Version
       * @description Instead of run_id: a version of the endpoint's model
       */
      version?: string | null;
    };
    /**
     * Promotion
     * @description One line of an endpoint's history.
     */
    Promotion: {
      /**
       * At
       * Format: date-time
       */
      at: string;
      /** By */
      by: string;
      /**
       * Figures
       * @description On which it was decided: metrics and latency
       * @default []
       */
      figures?: components['schemas']['Figure'][];
      /**
       * Kind
       * @description promote, rollback, traffic, shadow
       * @default promote
       */
      kind?: string;
      /**
       * Operation
       * @description The operation, by which its readiness card is found
       */
      operation?: string | null;
      /**
       * Previous
       * @description The version that was live before
       */
      previous: string | null;
      /** Reason */
      reason?: string | null;
      /** Sequence */
      sequence: number;
      /**
       * Traffic
       * @description Version → percent from then on
       * @default {}
       */
      traffic?: {
        [key: string]: number;
      };
      /** @description Of its readiness card, where there is one */
      verdict?: components['schemas']['Verdict'] | null;
      version: components['schemas']['Version'];
    };
    /**
     * ReadinessCard
     * @description All checks of one candidate, in the order in which they are shown.
     */
    ReadinessCard: {
      /** Checks */
      checks: components['schemas']['Check'][];
      /**
       * Created
       * Format: date-time
       */
      created: string;
      /**
       * Decided
       * @description go, stop, or null while nobody decided
       */
      decided: string | null;
      /** Endpoint */
      endpoint: string;
      /**
       * Live
       * @description The version that it would replace
       */
      live: string | null;
      /** Model */
      model: string;
      /** Operation */
      operation: string;
      /**
       * Reason
       * @description Why it went on though a check failed
       */
      reason: string | null;
      /** Run Id */
      run_id: string | null;
      /** Run Name */
      run_name: string | null;
      /** @description The worst of the checks; waiting while any is made */
      verdict: components['schemas']['Verdict'];
      /** Version */
      version: string | null;
    };
    /**
     * Recorded
     * @description What a run has for being restored.
     */
    Recorded: {
      /** Branch */
      branch?: string | null;
      /** Cells */
      cells: components['schemas']['ExecutedCell'][];
      /** Commit */
      commit?: string | null;
      /** Experiment */
      experiment: string;
      /**
       * Has Diff
       * @default false
       */
      has_diff?: boolean;
      /**
       * Kernel
       * @description Name of the kernelspec
       * @default python3
       */
      kernel?: string;
      /**
       * Lock
       * @default
       */
      lock?: string;
      /** Notebook */
      notebook?: string | null;
      /**
       * Python
       * @default
       */
      python?: string;
      /** Run */
      run: string;
      /** Run Id */
      run_id: string;
    };
    /**
     * Register
     * @description Register a run's model as a version of a registered model; no endpoint is made or changed.
     */
    Register: {
      /**
       * Model
       * @description Which of the run's models, when it has several
       */
      model?: string | null;
      /**
       * Name
       * @description The registered model's name; made if there is none
       */
      name: string;
      /** Run Id */
      run_id: string;
    };
    /**
     * Registered
     * @description A version that a run's model is registered as.
     */
    Registered: {
      /**
       * Changed
       * @description False when this run's model was registered under this name already
       */
      changed: boolean;
      /**
       * Message
       * @description What was done, in a sentence
       */
      message: string;
      /** Name */
      name: string;
      /** Run Id */
      run_id: string;
      /** Run Name */
      run_name: string;
      /** Version */
      version: string;
    };
    /**
     * RegisteredModel
     * @description A model in the registry.
     */
    RegisteredModel: {
      /**
       * Endpoint
       * @description Whether a run may be promoted to an endpoint of this name
       */
      endpoint: boolean;
      /** Name */
      name: string;
      /**
       * Version
       * @description The newest version; null while it has none
       */
      version: string | null;
    };
    /**
     * Restore
     * @description Where to: the page names the folder that its file browser shows as the root.
     */
    Restore: {
      /** Root */
      root?: string | null;
    };
    /**
     * Restored
     * @description The files that hold a run's cells and its environment.
     */
    Restored: {
      /** Lock */
      lock: string | null;
      /** Message */
      message: string;
      /** Path */
      path: string;
      /**
       * Relative
       * @description Path below the root that was named
       */
      relative?: string | null;
    };
    /**
     * Role
     * @description What a version does. `live` is the champion; `share` has a lasting part of it.
     * @enum {string}
     */
    Role: 'live' | 'share' | 'canary' | 'shadow';
    /**
     * Rollback
     * @description Go back to the version before, or to one that was live before.
     */
    Rollback: {
      /** Expected Revision */
      expected_revision?: number | null;
      /** Reason */
      reason?: string | null;
      /** Version */
      version?: string | null;
    };
    /**
     * Run
     * @description One run, as a table shows it.
     */
    Run: {
      /**
       * Costs
       * @description wall_seconds, cpu_seconds, gpu_seconds, peak_memory_mb, …, money
       */
      costs?: {
        [key: string]: number;
      };
      /** Ended */
      ended: string | null;
      /** Experiment */
      experiment: string;
      /** Experiment Id */
      experiment_id: string;
      /** Metrics */
      metrics: {
        [key: string]: components['schemas']['Metric'];
      };
      /** Models */
      models: components['schemas']['LoggedModel'][];
      /** Name */
      name: string;
      /** Notebook */
      notebook: string | null;
      /** Params */
      params: {
        [key: string]: string;
      };
      /** Run Id */
      run_id: string;
      /**
       * Source
       * @description Such as 'flights.ipynb, cell 7'
       */
      source: string | null;
      /** Started */
      started: string | null;
      /**
       * Status
       * @description RUNNING, FINISHED, FAILED, KILLED or SCHEDULED
       */
      status: string;
      /**
       * Tags
       * @description Without MLflow's own (mlflow.*)
       */
      tags: {
        [key: string]: string;
      };
    };
    /**
     * RunContext
     * @description Where, on what and with what a run was made.
     */
    RunContext: {
      /** Cell */
      cell?: number | null;
      cluster?: components['schemas']['ClusterUsed'] | null;
      /** Data */
      data?: components['schemas']['DataSet'][];
      /** Feature Views */
      feature_views?: components['schemas']['FeatureViewUsed'][];
      git?: components['schemas']['GitState'] | null;
      /**
       * Left Out
       * @description Parts that were not recorded, each with its reason
       */
      left_out?: string[];
      /**
       * Masked
       * @description Places where a secret stood, in what was recorded
       * @default 0
       */
      masked?: number;
      /** Notebook */
      notebook?: string | null;
      /**
       * Packages
       * @description Packages in the lock
       */
      packages?: number | null;
      /**
       * Platform
       * @default
       */
      platform?: string;
      price?: components['schemas']['Price'] | null;
      /**
       * Python
       * @default
       */
      python?: string;
    };
    /**
     * RunDetail
     * @description A run with its samples of data and its artifacts.
     */
    RunDetail: {
      /**
       * Artifacts
       * @description Top-level paths
       */
      artifacts: string[];
      /**
       * Evaluation
       * @description The artifact that holds rows to judge its model by
       */
      evaluation?: string | null;
      /**
       * Reference
       * @description The artifact that holds the training sample, if one was logged
       */
      reference: string | null;
      run: components['schemas']['Run'];
    };
    /**
     * RunOutput
     * @description The output of the cell that made a run: live while it goes on, and what stays of it.
     */
    RunOutput: {
      /** Cost */
      cost?: components['schemas']['OutputFact'][];
      /** Experiment */
      experiment: string;
      /** Experiment Id */
      experiment_id: string;
      /** Left Out */
      left_out?: string[];
      /** Metrics */
      metrics?: components['schemas']['OutputMetric'][];
      /** Models */
      models?: components['schemas']['OutputFact'][];
      /**
       * More Metrics
       * @description Metrics that are not shown here
       * @default 0
       */
      more_metrics?: number;
      /**
       * More Params
       * @default 0
       */
      more_params?: number;
      /** Name */
      name: string;
      /** Params */
      params?: components['schemas']['OutputFact'][];
      /** Recorded */
      recorded?: components['schemas']['OutputFact'][];
      /** Run Id */
      run_id: string;
      /** Seconds */
      seconds: number;
      /**
       * Source
       * @default
       */
      source?: string;
      /**
       * Started
       * Format: date-time
       */
      started: string;
      /**
       * Status
       * @description RUNNING, FINISHED, FAILED or KILLED
       */
      status: string;
      /**
       * Trouble
       * @default
       */
      trouble?: string;
    };
    /**
     * RunPage
     * @description Some runs of an experiment, newest first.
     */
    RunPage: {
      /** Next Page */
      next_page: string | null;
      /** Runs */
      runs: components['schemas']['Run'][];
    };
    /**
     * ScaleCluster
     * @description Change the number of workers.
     */
    ScaleCluster: {
      /**
       * Expected Revision
       * @description Refuse with 409 when the cluster has another
       */
      expected_revision?: number | null;
      /** Workers */
      workers: number;
    };
    /**
     * Served
     * @description What answered at a moment. Times when the endpoint was stopped are not among it.
     */
    Served: {
      /**
       * At
       * Format: date-time
       */
      at: string;
      /** By */
      by: string;
      /** Kind */
      kind: string;
      live: components['schemas']['Version'];
      /** Reason */
      reason: string | null;
      /**
       * Since
       * Format: date-time
       */
      since: string;
      /**
       * Traffic
       * @description Version → percent of the calls
       */
      traffic: {
        [key: string]: number;
      };
      /**
       * Until
       * @description Null while it is still so
       */
      until: string | null;
    };
    /**
     * ServedRun
     * @description An endpoint that serves a run's model, or did.
     */
    ServedRun: {
      /** Endpoint */
      endpoint: string;
      /**
       * Exists
       * @description False when the endpoint was deleted
       */
      exists: boolean;
      /**
       * First
       * Format: date-time
       * @description When it was first given traffic there
       */
      first: string;
      /**
       * Last
       * @description Until when it had traffic; null while it has
       */
      last: string | null;
      /** Percent */
      percent: number;
      /** @description What it does there now; null when it is past */
      role: components['schemas']['Role'] | null;
      /** Version */
      version: string;
    };
    /**
     * SetSettings
     * @description Other settings.
     */
    SetSettings: {
      /** Expected Revision */
      expected_revision?: number | null;
      settings: components['schemas']['EndpointSettings'];
    };
    /**
     * SetTraffic
     * @description A lasting split among versions that were promoted here, and a shadow. Weights are percent and add up to 100.
     */
    SetTraffic: {
      /** Expected Revision */
      expected_revision?: number | null;
      /** Reason */
      reason?: string | null;
      /**
       * Shadow
       * @description A version that gets copies; its answers go to the log only
       */
      shadow?: string | null;
      /**
       * Weights
       * @description Version → percent; the live one too
       */
      weights: {
        [key: string]: number;
      };
    };
    /**
     * Shutdown
     * @description Ask the service to end; with `everything`, endpoints and clusters end first.
     */
    Shutdown: {
      /**
       * Everything
       * @default false
       */
      everything?: boolean;
    };
    /**
     * Signature
     * @description What a model takes and gives.
     */
    Signature: {
      /** Inputs */
      inputs: components['schemas']['SignatureColumn'][];
      /** Outputs */
      outputs: components['schemas']['SignatureColumn'][];
    };
    /**
     * SignatureColumn
     * @description A column of a model's signature.
     */
    SignatureColumn: {
      /** Name */
      name: string;
      /**
       * Required
       * @default true
       */
      required?: boolean;
      /**
       * Type
       * @description MLflow's: double, float, integer, long, boolean, string, datetime, …
       */
      type: string;
    };
    /**
     * Sort
     * @description An order; runs without a value come last either way.
     */
    Sort: {
      /**
       * Descending
       * @default false
       */
      descending?: boolean;
      /** Key */
      key: string;
    };
    /**
     * Spread
     * @description A column's numbers over the runs of a group.
     */
    Spread: {
      /**
       * Deviation
       * @description Sample standard deviation; None for fewer than two numbers
       */
      deviation: number | null;
      /** High */
      high: number | null;
      /** Low */
      low: number | null;
      /** Mean */
      mean: number | null;
      /** Runs */
      runs: number;
    };
    /**
     * StartCluster
     * @description Ask for a cluster. The cluster that is running with this name already is given back unchanged.
     */
    StartCluster: {
      /**
       * Gpus
       * @default 0
       */
      gpus?: number;
      /**
       * Memory Limit
       * @default auto
       */
      memory_limit?: string;
      /** Name */
      name: string;
      /** Notebook */
      notebook?: string | null;
      /**
       * Threads
       * @default 1
       */
      threads?: number;
      /**
       * Workers
       * @default 2
       */
      workers?: number;
    };
    /**
     * Status
     * @description The service's own card.
     */
    Status: {
      /** Going On */
      going_on: components['schemas']['GoingOn'][];
      /**
       * Mlflow
       * @description not started, starting, running or failed
       */
      mlflow: string;
      /** Namespace */
      namespace: string;
      /**
       * Notes
       * @description What the user should know, such as a cluster that was lost
       */
      notes?: string[];
      /** Owner */
      owner: string;
      /**
       * Started
       * Format: date-time
       */
      started: string;
      /**
       * Tracking
       * @description Address of the remote tracking server; empty for our own MLflow
       * @default
       */
      tracking?: string;
      /** Version */
      version: string;
    };
    /**
     * Sync
     * @description The index takes runs in; what is shown is what is there so far.
     */
    Sync: {
      /** Done */
      done: number;
      /**
       * Total
       * @description None where the server does not say
       */
      total: number | null;
    };
    /**
     * TableExport
     * @description Rows of the table as a file, not grouped; all columns where the query names none.
     */
    TableExport: {
      /**
       * Format
       * @description json: one object with run_id and columns, as lw.experiments.search_runs() reads it
       * @default csv
       * @enum {string}
       */
      format?: 'csv' | 'parquet' | 'json';
      /**
       * Limit
       * @description At most so many rows
       * @default null
       */
      limit?: number | null;
      query?: components['schemas']['TableQuery'];
    };
    /**
     * TableQuery
     * @description What the table shows.
     */
    TableQuery: {
      /**
       * Aggregates
       * @description Per metric's name; else last
       */
      aggregates?: {
        [key: string]: 'last' | 'best' | 'min' | 'max';
      };
      /**
       * Columns
       * @description Keys whose cells are wanted
       */
      columns?: string[];
      /**
       * Filter
       * @description MLflow's search syntax
       * @default
       */
      filter?: string;
      /**
       * Group By
       * @description Key of a parameter, a tag or an attribute
       * @default null
       */
      group_by?: string | null;
      /**
       * Lifecycle
       * @default active
       * @enum {string}
       */
      lifecycle?: 'active' | 'archived' | 'all';
      /**
       * Sort
       * @description Without one: newest first
       */
      sort?: components['schemas']['Sort'][];
      /**
       * Within
       * @description Only rows with exactly these values by key, such as a group's
       */
      within?: {
        [key: string]: string | null;
      };
      /**
       * Words
       * @description Words that must stand anywhere in a run, any case; -WORD: nowhere
       * @default
       */
      words?: string;
    };
    /**
     * TableRow
     * @description A run, with the cells of the columns asked for, in their order.
     */
    TableRow: {
      /** Archived */
      archived: boolean;
      /**
       * Cells
       * @description Texts are cut after 1000 characters; an export has them whole
       */
      cells: (number | string | null)[];
      /** Name */
      name: string;
      /** Run Id */
      run_id: string;
      /** Status */
      status: string;
    };
    /**
     * TableWindow
     * @description Some rows (or groups) of the table, from `offset` on.
     */
    TableWindow: {
      /**
       * Columns
       * @description All columns that the experiment's runs have, not only those asked for
       */
      columns: components['schemas']['Column'][];
      /** Groups */
      groups: components['schemas']['Group'][];
      /**
       * Last Only
       * @description Metrics asked for by best, min or max of which only the last is known (yet)
       */
      last_only?: string[];
      /** Offset */
      offset: number;
      /** Rows */
      rows: components['schemas']['TableRow'][];
      /**
       * Runs
       * @description Runs of the experiment in this lifecycle, whatever the query
       */
      runs: number;
      /**
       * Slower
       * @description MLflow itself had to answer the filter
       */
      slower: boolean;
      sync?: components['schemas']['Sync'] | null;
      /**
       * Total
       * @description Rows, or groups, that the query finds
       */
      total: number;
    };
    /**
     * Tracking
     * @description Where kernels log to: an address for MLflow's client. The token is in the state folder, not here.
     */
    Tracking: {
      /**
       * Remote
       * @description Address of the remote server that keeps the runs; null for Labwright's own MLflow
       */
      remote?: string | null;
      /** Uri */
      uri: string;
      /**
       * Username
       * @description The user there
       * @default
       */
      username?: string;
    };
    /** ValidationError */
    ValidationError: {
      /** Context */
      ctx?: Record<string, never>;
      /** Input */
      input?: unknown;
      /** Location */
      loc: (string | number)[];
      /** Message */
      msg: string;
      /** Error Type */
      type: string;
    };
    /**
     * Verdict
     * @description What a check says. `waiting` while it is still made.
     * @enum {string}
     */
    Verdict: 'waiting' | 'pass' | 'warn' | 'fail';
    /**
     * Version
     * @description A model version, as the registry knows it.
     */
    Version: {
      /**
       * Digest
       * @description SHA-256 over the model's files, fixed at promotion and checked at load
       */
      digest: string;
      /** Model */
      model: string;
      /** Run Id */
      run_id: string | null;
      /** Run Name */
      run_name: string | null;
      /** Version */
      version: string;
    };
    /**
     * VersionOrigin
     * @description From a version back to what made it. What was not recorded is null or empty, and `note` says why.
     */
    VersionOrigin: {
      /** Branch */
      branch?: string | null;
      /**
       * Cell
       * @description Execution count of the cell that made the run
       */
      cell?: number | null;
      /** Cell Id */
      cell_id?: string | null;
      /** Commit */
      commit?: string | null;
      /** Data */
      data?: components['schemas']['DataSet'][];
      /** Digest */
      digest: string;
      /** Experiment */
      experiment?: string | null;
      /** Feature Views */
      feature_views?: components['schemas']['FeatureViewUsed'][];
      /**
       * Model
       * @description The registered model's name
       */
      model: string;
      /**
       * Note
       * @default
       */
      note?: string;
      /** Notebook */
      notebook?: string | null;
      /** Percent */
      percent: number;
      /**
       * Recorded
       * @description Whether the cells that made the run can be restored
       * @default false
       */
      recorded?: boolean;
      /** @description What it does now; null for the version that a rollback goes back to */
      role: components['schemas']['Role'] | null;
      /** Run Id */
      run_id: string | null;
      /** Run Name */
      run_name: string | null;
      /** User */
      user?: string | null;
      /** Version */
      version: string;
    };
    /**
     * VersionTraffic
     * @description A version that is loaded, as it stands.
     */
    VersionTraffic: {
      /** Calls */
      calls: number;
      /** Errors */
      errors: number;
      /** Message */
      message: string;
      /**
       * P50 Ms
       * @description Over the last minute
       */
      p50_ms: number | null;
      /**
       * Percent
       * @description Its share of the calls; of a shadow, the share that is copied to it
       */
      percent: number;
      /**
       * Processes
       * @description How many of its processes are ready
       */
      processes: number;
      role: components['schemas']['Role'];
      /** Run Id */
      run_id: string | null;
      /** Run Name */
      run_name: string | null;
      /**
       * State
       * @description loading, ready, restarting, failed
       */
      state: string;
      /** Version */
      version: string;
    };
    /**
     * Worker
     * @description One worker process.
     */
    Worker: {
      /**
       * Cpu
       * @description Percent of one core
       */
      cpu: number;
      /**
       * Executing
       * @description Tasks that run now
       */
      executing: number;
      /**
       * Memory
       * @description Bytes in use
       */
      memory: number;
      /**
       * Memory Limit
       * @description Bytes; 0 where there is no limit
       */
      memory_limit: number;
      /** Name */
      name: string;
      /** Threads */
      threads: number;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  clusters_clusters_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cluster'][];
        };
      };
    };
  };
  start_clusters_post: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['StartCluster'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cluster'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  cluster_clusters__name__get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cluster'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  stop_clusters__name__delete: {
    parameters: {
      query?: {
        expected_revision?: number | null;
      };
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cluster'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  scale_clusters__name__patch: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ScaleCluster'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cluster'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  reports_drift_reports_get: {
    parameters: {
      query?: {
        endpoint?: string | null;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DriftReport'][];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  make_report_drift_reports_post: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['MakeReport'];
      };
    };
    responses: {
      /** @description Successful Response */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  report_drift_reports__report_id__get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        report_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DriftReport'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  page_drift_reports__report_id__page_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        report_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': string;
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  events_events_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  experiments_experiments_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Experiment'][];
        };
      };
    };
  };
  compare_experiments_compare_post: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Compare'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Comparison'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  curves_experiments_differences_curves_get: {
    parameters: {
      query: {
        run: string[];
        metric: string;
        axis?: components['schemas']['Axis'];
        low?: number | null;
        high?: number | null;
        /** @description At most about so many points a run */
        points?: number;
        /** @description Weight of the moving average; 0 for none */
        smoothing?: number;
        log_x?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CurveWindow'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  file_experiments_differences_file_get: {
    parameters: {
      query: {
        run: string;
        path: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  files_experiments_differences_files_get: {
    parameters: {
      query: {
        run: string[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LoggedFiles'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  parts_experiments_differences_parts_get: {
    parameters: {
      query: {
        base: string;
        other: string;
        fold?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Differences'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  table_experiments_differences_table_get: {
    parameters: {
      query: {
        run: string;
        path: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LoggedTable'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  overview_experiments_overview_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Overview'][];
        };
      };
    };
  };
  change_runs_experiments_runs_bulk_post: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BulkChange'];
      };
    };
    responses: {
      /** @description Successful Response */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  run_experiments_runs__run_id__get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunDetail'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  origin_experiments_runs__run_id__origin_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Origin'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  recorded_experiments_runs__run_id__recorded_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Recorded'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  restore_experiments_runs__run_id__restore_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Restore'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Restored'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  tracking_experiments_tracking_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Tracking'];
        };
      };
    };
  };
  runs_experiments__experiment_id__runs_get: {
    parameters: {
      query?: {
        limit?: number;
        page?: string | null;
        /** @description Best first by this metric, else newest first */
        by?: string | null;
        status?: ('RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED') | null;
        name?: string | null;
      };
      header?: never;
      path: {
        experiment_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunPage'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  table_experiments__experiment_id__table_get: {
    parameters: {
      query?: {
        /** @description A TableQuery as JSON */
        q?: string;
        offset?: number;
        limit?: number;
      };
      header?: never;
      path: {
        experiment_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TableWindow'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  ask_table_experiments__experiment_id__table_post: {
    parameters: {
      query?: {
        offset?: number;
        limit?: number;
      };
      header?: never;
      path: {
        experiment_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TableQuery'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TableWindow'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  export_table_experiments__experiment_id__table_export_get: {
    parameters: {
      query?: {
        /** @description A TableExport as JSON */
        q?: string;
      };
      header?: never;
      path: {
        experiment_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  ask_export_experiments__experiment_id__table_export_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        experiment_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TableExport'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  features_features_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FeatureRepository'];
        };
      };
    };
  };
  view_features_views__name__get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FeatureViewDetail'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  operations_operations_get: {
    parameters: {
      query?: {
        kind?: string | null;
        subject?: string | null;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'][];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  operation_operations__operation_id__get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operation_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  forget_operations__operation_id__delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operation_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  cancel_operations__operation_id__cancel_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operation_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  endpoints_serving_endpoints_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Endpoint'][];
        };
      };
    };
  };
  endpoint_serving_endpoints__name__get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Endpoint'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  delete_serving_endpoints__name__delete: {
    parameters: {
      query?: {
        expected_revision?: number | null;
      };
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  consumers_serving_endpoints__name__consumers_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Consumer'][];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  new_consumer_serving_endpoints__name__consumers_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewConsumer'];
      };
    };
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConsumerToken'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  revoke_serving_endpoints__name__consumers__consumer__delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
        consumer: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Consumer'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  docs_serving_endpoints__name__docs_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': string;
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  example_serving_endpoints__name__example_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Example'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  feedback_serving_endpoints__name__feedback_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Feedback'];
      };
    };
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  figures_serving_endpoints__name__figures_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Figures'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  endpoint_lineage_serving_endpoints__name__lineage_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Lineage'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  log_serving_endpoints__name__log_get: {
    parameters: {
      query?: {
        limit?: number;
        version?: string | null;
        role?: components['schemas']['Role'] | null;
        consumer?: string | null;
        /** @description Such as 422; 4 and 5 are any 4xx and 5xx */
        status?: number | null;
      };
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LoggedPrediction'][];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  openapi_serving_endpoints__name__openapi_json_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            [key: string]: unknown;
          };
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  predict_serving_endpoints__name__predict_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Predict'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Prediction'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  promotions_serving_endpoints__name__promotions_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Promotion'][];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  promote_serving_endpoints__name__promotions_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Promote'];
      };
    };
    responses: {
      /** @description Successful Response */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  rollback_serving_endpoints__name__rollback_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Rollback'];
      };
    };
    responses: {
      /** @description Successful Response */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  served_serving_endpoints__name__served_get: {
    parameters: {
      query: {
        at: string;
      };
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Served'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  settings_serving_endpoints__name__settings_put: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SetSettings'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Endpoint'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  start_serving_endpoints__name__start_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['Expected'] | null;
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Endpoint'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  stop_serving_endpoints__name__stop_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['Expected'] | null;
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Endpoint'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  set_traffic_serving_endpoints__name__traffic_put: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SetTraffic'];
      };
    };
    responses: {
      /** @description Successful Response */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  models_serving_models_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RegisteredModel'][];
        };
      };
    };
  };
  register_serving_models_post: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Register'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Registered'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  go_serving_promotions__operation__go_post: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operation: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Decide'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  readiness_serving_promotions__operation__readiness_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        operation: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ReadinessCard'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  run_endpoints_serving_runs__run_id__endpoints_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ServedRun'][];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  shutdown_shutdown_post: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Shutdown'];
      };
    };
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Status'];
        };
      };
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HTTPValidationError'];
        };
      };
    };
  };
  status_status_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Status'];
        };
      };
    };
  };
}
