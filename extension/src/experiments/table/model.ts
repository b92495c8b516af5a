import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { RequestError } from '../../api/request';
import { asRequestError, type Resource } from '../../common/resource';
import { Store } from '../../common/store';
import type { IWorkbench } from '../../common/tokens';
import { getWindow, type Column, type TableQuery, type TableRow, type TableWindow } from './api';
import { defaultColumns } from './columns';
import { NOTHING_CHOSEN, parseView, queryOf, type IView } from './view';
import { Windows } from './windows';

/** What the service said last of the table as a whole. */
export interface ITable {
  total: number;
  runs: number;
  columns: Column[];
  slower: boolean;
  sync: TableWindow['sync'];
  /** Metrics of which only the last values are known, whatever was asked for. */
  lastOnly: string[];
}

/** The rows that are here, and the question that they answer. */
export interface IAnswer {
  query: TableQuery;
  rows: Windows;
  said: ITable | null;
}

/** More would be higher than browsers draw an element. */
export const MOST_ROWS = 500_000;
export const MOST_TICKS = 10_000;
const IDS_AT_ONCE = 500;

/** The runs of one experiment as a table: what is shown of them, the rows that are here, those that are ticked. */
export class RunsTable {
  constructor(
    private readonly workbench: IWorkbench,
    private readonly states: IStateDB | null,
    readonly experimentId: string
  ) {
    this.resource = workbench.resource(['experiments'], background => this.load(background));
    this.answer = new Store(this.ask(this.question()));
  }

  /** Keeps the rows on the screen fresh while somebody looks. */
  readonly resource: Resource<ITable | null>;
  readonly view = new Store<IView>(NOTHING_CHOSEN);
  readonly table = new Store<ITable | null>(null);
  readonly answer: Store<IAnswer>;
  /** Grows with every window of rows that comes. */
  readonly version = new Store(0);
  readonly ticked = new Store<ReadonlyMap<string, TableRow>>(new Map());
  /** Why what was asked last has no answer. */
  readonly trouble = new Store<RequestError | null>(null);
  /** Whether the answer to a new question is still to come; until then the rows are those of the last one. */
  readonly asking = new Store(false);
  /** The run whose details are shown. */
  readonly open = new Store<string | null>(null);
  /** The run that was asked for from elsewhere, until its row is in view. */
  readonly wanted = new Store<string | null>(null);
  /** The grid's: a new question is read from its beginning. */
  onNewQuestion: () => void = () => undefined;
  /** The grid's: rows came or went above those on the screen. */
  onShift: (rows: number) => void = () => undefined;

  /** Change what is shown, and remember it. */
  show(change: Partial<IView>): void {
    this.view.set({ ...this.view.get(), ...change });
    void this.states?.save(this.stateId, this.view.get() as unknown as ReadonlyPartialJSONValue);
    void this.askAnew();
  }

  /** Show what a link says, whatever was shown before. */
  showLinked(view: IView): void {
    this.restored = Promise.resolve();
    this.show(view);
  }

  /** Show a run's details, and its row, if the table has it. */
  reveal(runId: string): void {
    this.open.set(runId);
    this.wanted.set(runId);
  }

  /** Rows from `first` to `last` are on the screen. */
  look(first: number, last: number, down: boolean): void {
    if (this.table.get()) {
      this.answer.get().rows.look(first, last, down, this.total);
    }
  }

  /** How many rows the table has. */
  get total(): number {
    return Math.min(this.table.get()?.total ?? 0, MOST_ROWS);
  }

  tick(rows: TableRow[], on: boolean): void {
    const ticked = new Map(this.ticked.get());
    rows.forEach(row =>
      on ? ticked.size < MOST_TICKS && ticked.set(row.run_id, row) : ticked.delete(row.run_id)
    );
    this.ticked.set(ticked);
  }

  /** Tick all that the question finds, as many as can be changed at once. */
  async tickAll(): Promise<void> {
    const query: TableQuery = { ...this.question(), columns: [], group_by: null };
    const found: TableRow[] = [];
    for (let total = 1; found.length < Math.min(total, MOST_TICKS);) {
      const part = { offset: found.length, limit: IDS_AT_ONCE, background: false };
      const window = await getWindow(this.workbench.api, this.experimentId, query, part);
      if (!window.rows.length) {
        break;
      }
      found.push(...window.rows);
      total = window.total;
    }
    this.ticked.set(new Map(found.slice(0, MOST_TICKS).map(row => [row.run_id, row])));
  }

  /** Ask once more for what did not come. */
  retry(): void {
    this.trouble.set(null);
    this.answer.get().rows.retry();
    void this.askAnew(true);
  }

  /** The question that the view puts. */
  question(): TableQuery {
    const view = this.view.get();
    return queryOf(view, view.columns ?? defaultColumns(this.table.get()?.columns ?? []));
  }

  private async load(background: boolean): Promise<ITable | null> {
    await (this.restored ??= this.restore());
    const { rows, query } = this.answer.get();
    if (rows.isEmpty || !same(query, this.question())) {
      await this.askAnew(true);
      if (this.trouble.get() && !this.isAbout(this.trouble.get()!) && this.answer.get().rows.isEmpty) {
        throw this.trouble.get();
      }
    } else {
      await this.lookAgain(background);
    }
    return this.table.get();
  }

  /** Whether the person's own words are what is wrong. */
  isAbout(error: RequestError): boolean {
    const { filter, words } = this.view.get();
    return [400, 422].includes(error.status) && (filter || words) !== '';
  }

  private async restore(): Promise<void> {
    const kept = await this.states?.fetch(this.stateId).catch(() => undefined);
    if (kept !== undefined && this.view.get() === NOTHING_CHOSEN) {
      this.view.set(parseView(kept));
    }
  }

  /** Put the question as it is now; the rows that are here stay until there are others. */
  private async askAnew(always = false): Promise<void> {
    const query = this.question();
    const before = this.answer.get();
    if (!always && same(query, this.asked)) {
      return;
    }
    this.asked = query;
    const turn = (this.turn += 1);
    const answer = this.ask(query);
    const goesOn = same(finds(query), finds(before.query));
    if (goesOn) {
      answer.rows.aim(before.rows);
    }
    this.asking.set(true);
    try {
      await answer.rows.again(false);
      if (turn === this.turn) {
        this.trouble.set(null);
        this.table.set(answer.said);
        this.answer.set(answer);
        if (!goesOn) {
          this.onNewQuestion();
        }
      }
    } catch (error) {
      if (turn === this.turn) {
        this.trouble.set(asRequestError(error));
        this.asked = before.query;
      }
    }
    if (turn === this.turn) {
      this.asking.set(false);
      if (!this.trouble.get() && !same(this.question(), query)) {
        await this.askAnew(); // by now it is known which columns there are
      }
    }
  }

  private async lookAgain(background: boolean): Promise<void> {
    const { rows } = this.answer.get();
    const first = rows.line(rows.top);
    const place = rows.top;
    try {
      await rows.again(background);
      this.trouble.set(null);
    } catch (error) {
      this.trouble.set(asRequestError(error));
    }
    // Who reads further down keeps the row under the eyes.
    if (place > 0 && first && 'run_id' in first && rows.top === place && rows === this.answer.get().rows) {
      for (const [now, line] of rows.lines()) {
        if ('run_id' in line && line.run_id === first.run_id && now !== place) {
          this.onShift(now - place);
        }
      }
    }
  }

  private ask(query: TableQuery): IAnswer {
    const { api } = this.workbench;
    const rows = new Windows(
      (offset, limit, background) => getWindow(api, this.experimentId, query, { offset, limit, background }),
      ({ total, runs, columns, slower, sync, last_only }) => {
        answer.said = { total, runs, columns, slower, sync, lastOnly: last_only ?? [] };
        if (answer === this.answer.get()) {
          this.table.set(answer.said);
          this.version.set(this.version.get() + 1);
        }
      },
      error => answer === this.answer.get() && this.trouble.set(asRequestError(error))
    );
    const answer: IAnswer = { query, rows, said: null };
    return answer;
  }

  private get stateId(): string {
    return `labwright:runs:${this.experimentId}`;
  }

  private asked: TableQuery | null = null;
  private restored: Promise<void> | undefined;
  private turn = 0;
}

/** A question without what only the cells are about: the same rows in the same order. */
const finds = ({ columns: _, aggregates: __, ...rest }: TableQuery): Partial<TableQuery> => rest;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
