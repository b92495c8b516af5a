import type { TranslationBundle } from '@jupyterlab/translation';

import { cell, inPython, literal } from '../common/code';

/** The cell that joins a view's features to a frame named `labels`. */
export function joinCode(view: string): string {
  const code = `train = lw.features.join(labels, [${literal(view)}])`;
  // In the magic's line a comma parts two views.
  return view.includes(',')
    ? inPython(code)
    : cell([view], name => `%features join labels --views ${name} -o train`, code);
}

/** A cell to begin with: a source, an entity and a view, to be changed and run. */
export const APPLY_CODE = `import labwright as lw
from feast import Entity, FeatureView, Field, FileSource
from feast.types import Float64

# Rows with the time when they became known, in Parquet.
source = FileSource(path="weather.parquet", timestamp_field="time")
origin = Entity(name="origin", join_keys=["origin"])
weather = FeatureView(
    name="weather",
    entities=[origin],
    schema=[Field(name="temp", dtype=Float64), Field(name="wind_speed", dtype=Float64)],
    source=source,
)
lw.features.apply([origin, weather])`;

/** How long a value counts, in the largest whole unit. */
export function ttlOf(seconds: number | null, trans: TranslationBundle): string {
  if (!seconds) {
    return trans.__('for ever');
  }
  const units: [number, (count: number) => string][] = [
    [86400, count => trans._n('%1 day', '%1 days', count)],
    [3600, count => trans._n('%1 hour', '%1 hours', count)],
    [60, count => trans._n('%1 minute', '%1 minutes', count)]
  ];
  const unit = units.find(([size]) => seconds % size === 0);
  return unit ? unit[1](seconds / unit[0]) : trans._n('%1 second', '%1 seconds', seconds);
}
