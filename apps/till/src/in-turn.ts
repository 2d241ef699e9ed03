/** Runs pieces of work one after another, in the order in which they were given; a failed one does not stop the next. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => {}); // its caller gets the failure; the queue goes on
    return result;
  };
}
