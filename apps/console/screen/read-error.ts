/** Why something could not be read; each has its words in `errors`. */
export type ReadProblem = 'console-unreachable' | 'host-unreachable' | 'not-found' | 'unexpected';

export class ReadError extends Error {
  readonly problem: ReadProblem;
  constructor(problem: ReadProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** The problem behind what a query has thrown. */
export function problemOf(error: unknown): ReadProblem {
  return error instanceof ReadError ? error.problem : 'unexpected';
}
