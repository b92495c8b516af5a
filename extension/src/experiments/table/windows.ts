import type { Group, TableRow, TableWindow } from './api';

export type Line = TableRow | Group;

/** Rows asked for at once. */
export const WINDOW = 200;
const KEPT = 40;
const AT_ONCE = 2;

/** Asks for a part of the table. */
export type Ask = (offset: number, limit: number, background: boolean) => Promise<TableWindow>;

interface IPart {
  lines: Line[];
  /** Which state of the runs it shows: the one that is asked for again is an older one. */
  state: number;
}

/**
 * The rows of one question, in windows that are fetched where somebody looks.
 *
 * Windows out of sight are forgotten when there are many, or when the runs have changed.
 */
export class Windows {
  constructor(
    private readonly ask: Ask,
    private readonly onArrival: (window: TableWindow) => void,
    private readonly onFailure: (error: unknown) => void
  ) {}

  /** The row at this place, if it is there. */
  line(place: number): Line | undefined {
    return this.parts.get(Math.floor(place / WINDOW))?.lines[place % WINDOW];
  }

  /** Rows that are here, with their places. */
  *lines(): Generator<[number, Line]> {
    for (const [number, part] of this.parts) {
      for (let index = 0; index < part.lines.length; index += 1) {
        yield [number * WINDOW + index, part.lines[index]];
      }
    }
  }

  get isEmpty(): boolean {
    return this.parts.size === 0;
  }

  /** The first row that is looked at, or would be. */
  top = 0;

  /** Rows from `first` to `last` are looked at, on the way down or up. */
  look(first: number, last: number, down: boolean, total: number): void {
    this.top = first;
    this.first = Math.max(0, Math.floor(first / WINDOW));
    this.last = Math.max(this.first, Math.floor(last / WINDOW));
    const end = Math.max(0, Math.ceil(total / WINDOW) - 1);
    this.ahead = down ? Math.min(this.last + 1, end) : Math.max(this.first - 1, 0);
    this.fetch();
  }

  /** Look at the same rows as another question's windows did. */
  aim(other: Windows): void {
    [this.first, this.last, this.ahead, this.top] = [other.first, other.last, other.ahead, other.top];
  }

  /** The runs have changed, or nothing is here yet: what is on the screen is asked for again, in the background where nobody clicked. */
  async again(background: boolean): Promise<void> {
    this.state += 1;
    for (const number of [...this.parts.keys()]) {
      if (number < this.first || number > this.last) {
        this.parts.delete(number);
      }
    }
    for (let number = this.first; number <= this.last; number += 1) {
      await this.bring(number, background);
    }
  }

  /** What did not come is asked for again. */
  retry(): void {
    this.failed.clear();
    this.fetch();
  }

  private fetch(): void {
    const wanted = [];
    for (let number = this.first; number <= this.last; number += 1) {
      wanted.push(number);
    }
    for (const number of [...wanted, this.ahead]) {
      if (this.coming.size >= AT_ONCE) {
        return; // what is wanted by then is asked for when one of these has come
      }
      if (!this.parts.has(number) && !this.coming.has(number) && !this.failed.has(number)) {
        this.coming.add(number);
        this.bring(number, false).then(
          () => this.arrived(number),
          error => {
            this.failed.add(number);
            this.arrived(number);
            this.onFailure(error);
          }
        );
      }
    }
  }

  private arrived(number: number): void {
    this.coming.delete(number);
    this.fetch();
  }

  private async bring(number: number, background: boolean): Promise<void> {
    const state = this.state;
    const window = await this.ask(number * WINDOW, WINDOW, background);
    this.failed.delete(number);
    // An older answer may come after a newer one.
    if ((this.parts.get(number)?.state ?? -1) <= state) {
      const lines: Line[] = window.groups.length ? window.groups : window.rows;
      this.parts.set(number, { lines, state });
      this.forget();
    }
    this.onArrival(window);
  }

  private forget(): void {
    const far = (number: number): number => Math.max(this.first - number, number - this.last);
    const numbers = [...this.parts.keys()].sort((a, b) => far(a) - far(b));
    numbers.slice(KEPT).forEach(number => this.parts.delete(number));
  }

  private readonly parts = new Map<number, IPart>();
  private readonly coming = new Set<number>();
  private readonly failed = new Set<number>();
  private state = 0;
  private first = 0;
  private last = 0;
  private ahead = 0;
}
