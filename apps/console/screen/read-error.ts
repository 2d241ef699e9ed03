/** Why something could not be read or sent; each has its text in `errors`. */
export type ReadFailure = 'console-unreachable' | 'host-unreachable' | 'not-found' | 'unexpected';

export class ReadError extends Error {
  readonly failure: ReadFailure;
  constructor(failure: ReadFailure) {
    super(failure);
    this.failure = failure;
  }
}

/** The failure behind what a query has thrown. */
export function failureOf(error: unknown): ReadFailure {
  return error instanceof ReadError ? error.failure : 'unexpected';
}
