import React, { useRef, useState, type ReactElement } from 'react';

import type { Schemas } from '../../api/request';
import { Button } from '../../common/button';
import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import type { Comparison, Run } from './api';
import { useLoaded, useOnScreen } from './hooks';
import type { CompareModel } from './model';
import { nameOf } from './words';

interface IProps {
  model: CompareModel;
  comparison: Comparison;
  base: Run;
}

/** What was recorded of the base and of one other run, side by side. */
export function Parts({ model, comparison, base }: IProps): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const box = useRef<HTMLDivElement>(null);
  const seen = useOnScreen(box);
  const [fold, setFold] = useState(true);
  const others = comparison.runs.filter(run => run !== base);
  const other = others.find(run => run.run_id === view.other) ?? others[0];
  const { data, error, busy, again } = useLoaded(
    seen ? `${base.run_id} ${other.run_id} ${fold} ${base.status} ${other.status}` : null,
    () => model.differences(base.run_id, other.run_id, fold)
  );
  const titles: Record<string, string> = {
    cells: trans.__('Code cells'),
    environment: trans.__('Environment'),
    data: trans.__('Data and origin'),
    changes: trans.__('Uncommitted changes')
  };
  return (
    <div className="lw-Parts" ref={box} aria-busy={busy}>
      <div className="lw-Comparison-tools">
        <span className="lw-Parts-side">
          <span className="lw-swatch" style={{ background: model.colour(base.run_id) }} aria-hidden="true" />
          <span className="lw-ellipsis">{nameOf(base)}</span>
          <span className="lw-Compare-base">{trans.__('base')}</span>
        </span>
        <label className="lw-Toggle">
          {trans.__('against')}
          <select
            className="lw-Select"
            value={other.run_id}
            onChange={event => model.change({ other: event.target.value })}
          >
            {others.map(run => (
              <option key={run.run_id} value={run.run_id}>
                {nameOf(run).slice(0, 80)}
              </option>
            ))}
          </select>
        </label>
        <label className="lw-Toggle">
          <input type="checkbox" checked={!fold} onChange={event => setFold(!event.target.checked)} />
          {trans.__('Show what is the same')}
        </label>
      </div>
      {error ? (
        <div className="lw-State lw-mod-error" role="alert">
          <p>{error.detail}</p>
          <Button label={trans.__('Try again')} onClick={again} />
        </div>
      ) : data ? (
        data.parts.map(part => (
          <Part key={part.part} title={titles[part.part] ?? part.part} part={part} fold={fold} />
        ))
      ) : (
        <p className="lw-quiet">{trans.__('Loading…')}</p>
      )}
    </div>
  );
}

function Part({
  title,
  part,
  fold
}: {
  title: string;
  part: Schemas['PartDifference'];
  fold: boolean;
}): ReactElement {
  const { trans } = useWorkbench();
  const blocks = part.blocks ?? [];
  const facts = (part.facts ?? []).filter(fact => !fold || fact.mark !== 'same');
  const equal = (part.facts ?? []).length - facts.length;
  const nothing = !blocks.length && !(part.facts ?? []).length;
  return (
    <section className="lw-PartDiff" aria-label={title} data-part={part.part}>
      <h3>
        {title}
        {nothing ? null : part.same ? (
          <span className="lw-quiet">{trans.__('the same in both')}</span>
        ) : (
          <span className="lw-PartDiff-differs">{trans.__('differs')}</span>
        )}
      </h3>
      {part.notes.slice(0, 8).map((note, index) => (
        <p key={index} className="lw-quiet">
          {note}
        </p>
      ))}
      {facts.length ? <Facts title={title} facts={facts} /> : null}
      {equal ? (
        <p className="lw-quiet">
          {facts.length
            ? trans._n('%1 more is the same.', '%1 more are the same.', equal)
            : trans._n('%1 entry, the same in both.', '%1 entries, all the same.', equal)}
        </p>
      ) : null}
      {part.same && fold
        ? null
        : inRows(blocks, fold).map((row, index) =>
            Array.isArray(row) ? (
              <p key={index} className="lw-quiet lw-Diff-equal">
                {trans.__('%1 cells are the same', row.length)}
              </p>
            ) : (
              <Block key={index} block={row} />
            )
          )}
    </section>
  );
}

type DiffBlock = Schemas['DiffBlock'];

/** Blocks as they are drawn: equal ones that follow each other are one line, unless all is to be seen. */
function inRows(blocks: DiffBlock[], fold: boolean): (DiffBlock | DiffBlock[])[] {
  const rows: (DiffBlock | DiffBlock[])[] = [];
  for (const block of blocks) {
    const before = rows[rows.length - 1];
    if (!fold || block.mark !== 'same') {
      rows.push(block);
    } else if (Array.isArray(before)) {
      before.push(block);
    } else {
      rows.push([block]);
    }
  }
  return rows.map(row => (Array.isArray(row) && row.length === 1 ? row[0] : row));
}

function Facts({ title, facts }: { title: string; facts: Schemas['FactRow'][] }): ReactElement {
  const { trans } = useWorkbench();
  const side = (text: string | null): ReactElement =>
    text === null ? <span className="lw-quiet">–</span> : <>{text}</>;
  return (
    <div className="lw-Table lw-FactDiff" role="region" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('Base')}</th>
            <th scope="col">{trans.__('Other')}</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(fact => (
            <tr key={fact.name} data-mark={fact.mark}>
              <th scope="row">{fact.name}</th>
              <td className={fact.mark === 'same' || fact.left === null ? undefined : 'lw-mod-removed'}>
                {side(fact.left)}
              </td>
              <td className={fact.mark === 'same' || fact.right === null ? undefined : 'lw-mod-added'}>
                {side(fact.right)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Block({ block }: { block: Schemas['DiffBlock'] }): ReactElement {
  const { trans } = useWorkbench();
  return (
    <div className="lw-Diff" data-mark={block.mark}>
      {block.left_title || block.right_title ? (
        <div className="lw-Diff-titles">
          <span>{block.left_title || trans.__('not in the base')}</span>
          <span>{block.right_title || trans.__('not in the other')}</span>
        </div>
      ) : null}
      <table>
        <colgroup>
          <col className="lw-Diff-number" />
          <col />
          <col className="lw-Diff-number" />
          <col />
        </colgroup>
        <tbody>
          {block.rows.map((row, index) =>
            row.folded ? (
              <tr key={index} className="lw-Diff-fold">
                <td colSpan={4}>{trans._n('%1 equal line', '%1 equal lines', row.folded)}</td>
              </tr>
            ) : (
              <tr key={index} data-mark={row.mark}>
                <Side line={row.left ?? null} mark={row.mark === 'same' ? null : 'removed'} />
                <Side line={row.right ?? null} mark={row.mark === 'same' ? null : 'added'} />
              </tr>
            )
          )}
        </tbody>
      </table>
    </div>
  );
}

function Side({
  line,
  mark
}: {
  line: Schemas['DiffLine'] | null;
  mark: 'removed' | 'added' | null;
}): ReactElement {
  const side = line === null ? 'lw-mod-none' : mark ? `lw-mod-${mark}` : '';
  return (
    <>
      <td className={`lw-Diff-number ${side}`}>{line?.number}</td>
      <td className={side}>
        <code>
          {line?.pieces.map((piece, index) =>
            piece.changed ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>
          )}
        </code>
      </td>
    </>
  );
}
