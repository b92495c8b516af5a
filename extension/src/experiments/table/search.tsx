import { infoIcon, searchIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useId, useState, type ReactElement } from 'react';

import { useStore } from '../../common/store';
import { useWorkbench } from '../../common/widget';
import { examples } from './filters';
import type { RunsTable } from './model';
import { Popover } from './popover';

/** Who types words is answered when the fingers rest. */
const REST_MILLISECONDS = 200;

/** What to look for: plain words, and MLflow's search syntax. */
export function Search({ model }: { model: RunsTable }): ReactElement {
  const { trans } = useWorkbench();
  const view = useStore(model.view);
  const trouble = useStore(model.trouble);
  const table = useStore(model.table);
  const asking = useStore(model.asking);
  const [words, setWords] = useState(view.words);
  const [filter, setFilter] = useState(view.filter);
  const line = useId();
  useEffect(() => setWords(view.words), [view.words]);
  useEffect(() => setFilter(view.filter), [view.filter]);
  useEffect(() => {
    const timer = setTimeout(() => words !== view.words && model.show({ words }), REST_MILLISECONDS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only typing counts
  }, [words]);

  const wrong = trouble && model.isAbout(trouble) ? trouble.detail : '';
  const apply = (next: string): void => {
    setFilter(next);
    model.show({ filter: next });
  };
  return (
    <div className="lw-Search" role="search">
      <label className="lw-Search-words">
        <searchIcon.react tag="span" aria-hidden="true" />
        <input
          type="search"
          value={words}
          maxLength={500}
          placeholder={trans.__('Find words')}
          title={trans.__('Words that stand anywhere in a run: its name, parameters, tags')}
          aria-label={trans.__('Words in a run')}
          onChange={event => setWords(event.target.value)}
        />
      </label>
      <div className="lw-Search-filter">
        <input
          type="search"
          value={filter}
          maxLength={5000}
          spellCheck={false}
          autoComplete="off"
          placeholder={trans.__(
            'Filter in MLflow’s syntax, such as %1',
            examples(table?.columns ?? [], trans)[0][0]
          )}
          aria-label={trans.__('Filter in MLflow’s search syntax')}
          aria-invalid={wrong !== ''}
          aria-describedby={wrong ? line : undefined}
          onChange={event => {
            setFilter(event.target.value);
            if (event.target.value === '') {
              apply('');
            }
          }}
          onBlur={() => filter !== view.filter && apply(filter)}
          onKeyDown={event => event.key === 'Enter' && apply(filter)}
        />
        {table?.slower && view.filter && !asking ? (
          <span
            className="lw-Grid-mark"
            title={trans.__('MLflow itself had to answer this filter, which takes longer on many runs')}
          >
            {trans.__('slower')}
          </span>
        ) : null}
        <Help model={model} use={apply} />
      </div>
      {wrong ? (
        <p id={line} role="alert" className="lw-Search-wrong">
          {wrong}
        </p>
      ) : null}
    </div>
  );
}

function Help({ model, use }: { model: RunsTable; use: (filter: string) => void }): ReactElement {
  const { trans } = useWorkbench();
  const table = useStore(model.table);
  return (
    <Popover label={trans.__('Help with the filter')} icon={infoIcon} className="lw-mod-right">
      {close => (
        <div className="lw-Search-help">
          <p>
            {trans.__(
              'MLflow’s search syntax: conditions joined by AND. Names with other signs than letters, digits and _ stand in `backticks`, texts in quotes.'
            )}
          </p>
          <ul>
            {examples(table?.columns ?? [], trans).map(([filter, says], index) => (
              <li key={filter}>
                <button
                  type="button"
                  data-autofocus={index === 0 || undefined}
                  title={trans.__('Use this filter')}
                  onClick={() => {
                    close();
                    use(filter);
                  }}
                >
                  <code>{filter.slice(0, 300)}</code>
                </button>
                <span className="lw-quiet">{says}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Popover>
  );
}
