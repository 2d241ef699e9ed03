import type pg from 'pg';
import type { Statement } from './queries.ts';

/** Named statements, each of which the server parses once a connection; one of many rows is another for each number of rows. */
export class StatementNames {
  readonly #names = new Map<string, string>();

  named({ text, values }: Statement): pg.QueryConfig {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `s${this.#names.size + 1}`;
      this.#names.set(text, name);
    }
    return { name, text, values };
  }
}
