import type { TranslationBundle } from '@jupyterlab/translation';

/** A number as a table shows it: at most five digits that matter. */
export function number(value: number | null | undefined, otherwise = '–'): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return otherwise;
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e9) {
    return value.toLocaleString();
  }
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(5)));
}

/** Bytes in words. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = count > 0 ? Math.min(Math.floor(Math.log2(count) / 10), 4) : 0;
  const scaled = count / 1024 ** power;
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
}

/** How long something took. */
export function duration(from: string | null, to: string | null): string {
  if (!from || !to) {
    return '–';
  }
  return seconds(Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000));
}

/** A number of seconds, as people say it. */
export function seconds(count: number): string {
  if (count < 9.95) {
    return `${Number.isInteger(count) ? count : count.toFixed(1)} s`;
  }
  const whole = Math.round(count);
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long ago, in a few words; a date when it was long ago. */
export function ago(when: string | null, trans: TranslationBundle): string {
  if (!when) {
    return '–';
  }
  const seconds = (Date.now() - Date.parse(when)) / 1000;
  if (seconds < 60) {
    return trans.__('just now');
  }
  if (seconds < 3600) {
    return trans.__('%1 min ago', Math.floor(seconds / 60));
  }
  if (seconds < 86400) {
    return trans.__('%1 h ago', Math.floor(seconds / 3600));
  }
  return new Date(when).toLocaleDateString();
}

/** The moment, for tooltips and histories. */
export function moment(when: string | null): string {
  return when ? new Date(when).toLocaleString() : '–';
}
