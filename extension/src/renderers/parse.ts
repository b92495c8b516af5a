import type { Schemas } from '../api/request';

/** Reads a part of an output. An output comes with a notebook, so from anybody: nothing in it is taken on trust. */
type Read<T> = (value: unknown) => T;

class Malformed extends Error {}

const MOST_CHARACTERS = 2000;
const MOST_ITEMS = 2000;

const text: Read<string> = value => {
  if (typeof value !== 'string') {
    throw new Malformed();
  }
  return value.slice(0, MOST_CHARACTERS);
};

const finite: Read<number> = value => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new Malformed();
  }
  return value;
};

const flag: Read<boolean> = value => {
  if (typeof value !== 'boolean') {
    throw new Malformed();
  }
  return value;
};

const record: Read<Record<string, unknown>> = value => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Malformed();
  }
  return value as Record<string, unknown>;
};

const maybe =
  <T>(read: Read<T>): Read<T | null> =>
  value =>
    value === null || value === undefined ? null : read(value);

const list =
  <T>(read: Read<T>): Read<T[]> =>
  value => {
    if (!Array.isArray(value) || value.length > MOST_ITEMS) {
      throw new Malformed();
    }
    return value.map(read);
  };

const some =
  <T>(read: Read<T[]>): Read<T[]> =>
  value =>
    maybe(read)(value) ?? [];

const run: Read<Schemas['Run']> = value => {
  const given = record(value);
  return {
    run_id: text(given.run_id),
    name: text(given.name),
    experiment_id: text(given.experiment_id ?? ''),
    experiment: text(given.experiment ?? ''),
    status: text(given.status),
    started: maybe(text)(given.started),
    ended: maybe(text)(given.ended),
    notebook: maybe(text)(given.notebook),
    source: maybe(text)(given.source),
    // An output says these in its rows.
    params: {},
    metrics: {},
    tags: {},
    models: []
  };
};

const DIRECTIONS = ['up', 'down', 'none'] as const;

const row =
  (runs: number, numeric: boolean): Read<Schemas['ComparisonRow']> =>
  value => {
    const given = record(value);
    // A value that its text says is this text alone.
    const values = list(one => {
      const { text: words, value: exact } = record(typeof one === 'string' ? { text: one } : one);
      const said = text(words);
      const known = maybe(finite)(exact);
      const read = numeric && said.trim() ? Number(said) : NaN;
      return { text: said, value: known ?? (Number.isFinite(read) ? read : null) };
    })(given.values);
    if (values.length !== runs) {
      throw new Malformed();
    }
    return {
      name: text(given.name),
      differs: flag(given.differs),
      values,
      best: maybe(finite)(given.best),
      direction: DIRECTIONS.find(one => one === given.direction) ?? 'none'
    };
  };

const curve: Read<Schemas['Curve']> = value => {
  const given = record(value);
  const found = {
    run_id: text(given.run_id),
    metric: text(given.metric),
    steps: list(finite)(given.steps),
    values: list(maybe(finite))(given.values)
  };
  if (found.steps.length !== found.values.length) {
    throw new Malformed();
  }
  return found;
};

const histogram: Read<Schemas['Histogram']> = value => {
  const given = record(value);
  const share: Read<number> = one => Math.min(1, Math.max(0, finite(one)));
  const found = {
    labels: list(text)(given.labels),
    reference: list(share)(given.reference),
    current: list(share)(given.current)
  };
  const bins = found.labels.length;
  if (!bins || bins > 200 || found.reference.length !== bins || found.current.length !== bins) {
    throw new Malformed();
  }
  return found;
};

const column: Read<Schemas['ColumnDrift']> = value => {
  const given = record(value);
  return {
    name: text(given.name),
    kind: text(given.kind),
    method: text(given.method),
    score: maybe(finite)(given.score),
    threshold: finite(given.threshold),
    drifted: flag(given.drifted),
    reference_mean: maybe(finite)(given.reference_mean),
    current_mean: maybe(finite)(given.current_mean),
    reference_missing: maybe(finite)(given.reference_missing) ?? 0,
    current_missing: maybe(finite)(given.current_missing) ?? 0,
    histogram: maybe(histogram)(given.histogram),
    note: maybe(text)(given.note) ?? ''
  };
};

const comparison: Read<Schemas['Comparison']> = value => {
  const given = record(value);
  const runs = list(run)(given.runs);
  return {
    runs,
    params: list(row(runs.length, false))(given.params),
    metrics: list(row(runs.length, true))(given.metrics),
    costs: some(list(row(runs.length, true)))(given.costs),
    more_runs: maybe(finite)(given.more_runs) ?? 0,
    curves: some(list(curve))(given.curves)
  };
};

const report: Read<Schemas['DriftReport']> = value => {
  const given = record(value);
  return {
    id: text(given.id),
    endpoint: text(given.endpoint),
    version: text(given.version),
    created: text(given.created),
    window: maybe(text)(given.window),
    reference_rows: finite(given.reference_rows),
    current_rows: finite(given.current_rows),
    compared: finite(given.compared),
    drifted: finite(given.drifted),
    share: finite(given.share),
    columns: list(column)(given.columns),
    not_compared: some(list(one => ({ name: text(record(one).name), reason: text(record(one).reason) })))(
      given.not_compared
    ),
    notes: some(list(text))(given.notes)
  };
};

const fact: Read<Schemas['OutputFact']> = value => {
  const given = record(value);
  return { name: text(given.name), text: text(given.text) };
};

/** A run's output with all of its fields, also those that may be missing in what came. */
export type ShownMetric = Required<Schemas['OutputMetric']>;
export type ShownRun = Omit<Required<Schemas['RunOutput']>, 'metrics'> & { metrics: ShownMetric[] };

const metric: Read<ShownMetric> = value => {
  const given = record(value);
  const found = {
    name: text(given.name),
    last: text(given.last),
    best: text(given.best ?? ''),
    best_step: maybe(finite)(given.best_step),
    steps: some(list(finite))(given.steps),
    values: some(list(maybe(finite)))(given.values)
  };
  if (found.steps.length !== found.values.length) {
    throw new Malformed();
  }
  return found;
};

const runShown: Read<ShownRun> = value => {
  const given = record(value);
  return {
    run_id: text(given.run_id),
    name: text(given.name),
    experiment: text(given.experiment),
    experiment_id: text(given.experiment_id),
    status: text(given.status),
    started: text(given.started),
    seconds: finite(given.seconds),
    source: text(given.source ?? ''),
    metrics: list(metric)(given.metrics),
    params: some(list(fact))(given.params),
    models: some(list(fact))(given.models),
    cost: some(list(fact))(given.cost),
    recorded: some(list(fact))(given.recorded),
    left_out: some(list(text))(given.left_out),
    more_metrics: maybe(finite)(given.more_metrics) ?? 0,
    more_params: maybe(finite)(given.more_params) ?? 0,
    trouble: text(given.trouble ?? '')
  };
};

const VERDICTS = ['waiting', 'pass', 'warn', 'fail'] as const;

const verdict: Read<Schemas['Verdict']> = value => {
  const found = VERDICTS.find(one => one === value);
  if (!found) {
    throw new Malformed();
  }
  return found;
};

const check: Read<Schemas['Check']> = value => {
  const given = record(value);
  return {
    id: text(given.id),
    title: text(given.title),
    verdict: verdict(given.verdict),
    words: text(given.words ?? ''),
    figures: some(list(one => ({ name: text(record(one).name), value: text(record(one).value) })))(
      given.figures
    )
  };
};

/** A readiness card in an output, with the step of its promotion; that is empty once nothing goes on. */
export interface IShownReadiness {
  card: Schemas['ReadinessCard'];
  step: string;
  progress: number;
}

const readiness: Read<IShownReadiness> = value => {
  const given = record(value);
  const card = record(given.card);
  return {
    card: {
      operation: text(card.operation),
      endpoint: text(card.endpoint),
      model: text(card.model),
      version: maybe(text)(card.version),
      run_id: maybe(text)(card.run_id),
      run_name: maybe(text)(card.run_name),
      live: maybe(text)(card.live),
      checks: list(check)(card.checks),
      verdict: verdict(card.verdict),
      decided: maybe(text)(card.decided),
      reason: maybe(text)(card.reason),
      created: text(card.created)
    },
    step: maybe(text)(given.step) ?? '',
    progress: Math.min(1, Math.max(0, maybe(finite)(given.progress) ?? 0))
  };
};

const orNull =
  <T>(read: Read<T>) =>
  (value: unknown): T | null => {
    try {
      return read(value);
    } catch (error) {
      if (error instanceof Malformed) {
        return null;
      }
      throw error;
    }
  };

/** A comparison from an output; null when it is none. */
export const readComparison = orNull(comparison);

/** A drift report from an output; null when it is none. */
export const readReport = orNull(report);

/** The output of a tracked cell; null when it is none. */
export const readRunOutput = orNull(runShown);

/** A readiness card from an output; null when it is none. */
export const readReadiness = orNull(readiness);
