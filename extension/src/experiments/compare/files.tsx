import React, { useEffect, useRef, useState, type ReactElement } from 'react';

import { Button } from '../../common/button';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { fileOf, tableOf, type Comparison, type LoggedFile, type Run } from './api';
import { useLoaded, useOnScreen, useSelected } from './hooks';
import type { CompareModel } from './model';
import { nameOf } from './words';

const TABLES = 4; // tables beside each other; more are scrolled to
const SHOWN = 12; // names that are open at first

interface IProps {
  model: CompareModel;
  comparison: Comparison;
  base: Run;
}

/** Images and tables that runs logged, beside each other by their names; each comes when it is on the screen. */
export function Files({ model, comparison, base }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const box = useRef<HTMLDivElement>(null);
  const seen = useOnScreen(box);
  const [all, setAll] = useState(false);
  const runs = comparison.runs.map(run => run.run_id);
  const { data, error, again } = useLoaded(seen ? `${runs.length} ${runs.join('')}` : null, () =>
    model.files(runs)
  );
  // The base first, then the others in their order; those that are hidden are not asked for.
  const order = [base, ...comparison.runs.filter(run => run !== base)].filter(
    run =>
      !view.hidden.includes(run.run_id) &&
      (view.isolated === null || run === base || run.run_id === view.isolated)
  );
  const names = group(data?.files ?? []);
  return (
    <div className="lw-Files" ref={box}>
      {error ? (
        <div className="lw-State lw-mod-error" role="alert">
          <p>{error.detail}</p>
          <Button label={trans.__('Try again')} onClick={again} />
        </div>
      ) : !data ? (
        <p className="lw-quiet">{trans.__('Loading…')}</p>
      ) : names.length ? (
        <>
          {data.notes.map(note => (
            <p key={note} className="lw-quiet">
              {note}
            </p>
          ))}
          {(all ? names : names.slice(0, SHOWN)).map(([key, steps]) => (
            <FileRow key={key} model={model} steps={steps} runs={order} />
          ))}
          {names.length > SHOWN && !all ? (
            <Button label={trans.__('Show all %1', names.length)} onClick={() => setAll(true)} />
          ) : null}
        </>
      ) : (
        <p className="lw-quiet">
          {trans.__('These runs logged no images or tables. mlflow.log_figure, log_image and log_table do.')}
        </p>
      )}
    </div>
  );
}

/** Files by kind and name; those of mlflow.log_image have a step each. */
function group(files: LoggedFile[]): [string, LoggedFile[]][] {
  const found = new Map<string, LoggedFile[]>();
  for (const file of files) {
    const key = `${file.kind} ${file.name}`;
    found.set(key, [...(found.get(key) ?? []), file]);
  }
  return [...found].map(([key, steps]) => [key, steps.sort((a, b) => (a.step ?? 0) - (b.step ?? 0))]);
}

function FileRow({
  model,
  steps,
  runs
}: {
  model: CompareModel;
  steps: LoggedFile[];
  runs: Run[];
}): ReactElement {
  const { trans } = useWorkbench();
  const [place, setPlace] = useState(steps.length - 1);
  const file = steps[Math.min(place, steps.length - 1)];
  const having = runs.filter(run => run.run_id in file.paths);
  return (
    <section className="lw-FileRow" aria-label={file.name} data-kind={file.kind}>
      <div className="lw-FileRow-head">
        <strong className="lw-ellipsis" title={file.name}>
          {file.name}
        </strong>
        <span className="lw-quiet">{trans.__('%1 of %2 runs', having.length, runs.length)}</span>
        {steps.length > 1 ? (
          <label className="lw-Toggle">
            {trans.__('step')}
            <input
              type="range"
              min={0}
              max={steps.length - 1}
              value={Math.min(place, steps.length - 1)}
              aria-valuetext={String(file.step)}
              onChange={event => setPlace(Number(event.target.value))}
            />
            <output>{file.step}</output>
          </label>
        ) : null}
      </div>
      <div className={`lw-FileRow-runs ${file.kind === 'table' ? 'lw-mod-tables' : ''}`}>
        {having.map(run => (
          <Shown
            key={run.run_id}
            model={model}
            run={run}
            kind={file.kind}
            name={file.name}
            path={file.paths[run.run_id]}
            base={runs[0].run_id in file.paths ? file.paths[runs[0].run_id] : null}
            baseId={runs[0].run_id}
          />
        ))}
      </div>
      {file.kind === 'table' && having.length > TABLES ? (
        <p className="lw-quiet">{trans.__('Scroll sideways for all %1.', having.length)}</p>
      ) : null}
    </section>
  );
}

interface IShownProps {
  model: CompareModel;
  run: Run;
  kind: string;
  name: string;
  path: string;
  base: string | null;
  baseId: string;
}

function Shown(props: IShownProps): ReactElement {
  const { model, run, kind } = props;
  const { trans } = useWorkbench();
  const hovered = useSelected(model.hovered, one => one === run.run_id);
  const box = useRef<HTMLElement>(null);
  const seen = useOnScreen(box);
  return (
    <figure
      className={`lw-File ${hovered ? 'lw-mod-hovered' : ''}`}
      ref={box}
      onPointerEnter={() => model.hovered.set(run.run_id)}
      onPointerLeave={() => model.hovered.set(null)}
    >
      <figcaption>
        <span className="lw-swatch" style={{ background: model.colour(run.run_id) }} aria-hidden="true" />
        <span className="lw-ellipsis" title={nameOf(run)}>
          {nameOf(run)}
        </span>
        {run.run_id === props.baseId ? <span className="lw-Compare-base">{trans.__('base')}</span> : null}
      </figcaption>
      {!seen ? (
        <div className="lw-File-wait" aria-hidden="true" />
      ) : kind === 'image' ? (
        <Image {...props} />
      ) : (
        <TableOf {...props} />
      )}
    </figure>
  );
}

function Image({ model, run, name, path }: IShownProps): ReactElement {
  const { trans } = useWorkbench();
  const { data, error } = useLoaded(`${run.run_id} ${path}`, () =>
    fileOf(model.workbench.api, run.run_id, path)
  );
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    if (!data) {
      return undefined;
    }
    if (data.type !== 'image/svg+xml') {
      const url = URL.createObjectURL(data);
      setSource(url);
      return () => URL.revokeObjectURL(url);
    }
    // A blob's address has the page's origin: opened in a tab of its own, an SVG's script would run there with all of
    // the page's rights. A data address has none.
    const reader = new FileReader();
    reader.onload = () => setSource(reader.result as string);
    reader.readAsDataURL(data);
    return () => reader.abort();
  }, [data]);
  return error ? (
    <p className="lw-quiet" role="alert">
      {error.detail}
    </p>
  ) : source ? (
    <img src={source} alt={trans.__('%1 of %2', name, nameOf(run))} />
  ) : (
    <div className="lw-File-wait" aria-hidden="true" />
  );
}

function TableOf({ model, run, path, base, baseId }: IShownProps): ReactElement {
  const { trans } = useWorkbench();
  const { data, error } = useLoaded(`${run.run_id} ${path}`, () =>
    tableOf(model.workbench.api, run.run_id, path)
  );
  const beside = useLoaded(base === null || run.run_id === baseId ? null : `${baseId} ${base}`, () =>
    tableOf(model.workbench.api, baseId, base!)
  ).data;
  if (error) {
    return (
      <p className="lw-quiet" role="alert">
        {error.detail}
      </p>
    );
  }
  if (!data) {
    return <div className="lw-File-wait" aria-hidden="true" />;
  }
  const columns = beside?.columns ?? [];
  return (
    <>
      <div
        className="lw-Table"
        role="region"
        aria-label={trans.__('%1 of %2', path, nameOf(run))}
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              {data.columns.map((column, index) => (
                <th scope="col" key={index}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row, place) => (
              <tr key={place}>
                {row.map((cell, index) => (
                  <td
                    key={index}
                    title={cell}
                    className={
                      beside && beside.rows[place]?.[columns.indexOf(data.columns[index])] !== cell
                        ? 'lw-mod-differs'
                        : undefined
                    }
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.total > data.rows.length ? (
        <p className="lw-quiet">{trans.__('The first %1 of %2 rows.', data.rows.length, data.total)}</p>
      ) : null}
    </>
  );
}
