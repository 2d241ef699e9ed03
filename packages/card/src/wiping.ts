/**
 * Lends a secret to `act` and overwrites it with zeros when `act` is done or throws. What `act` returns must not hold it. A
 * runtime with a moving garbage collector can promise no more: a string, or a copy that a library made, is not reached.
 */
export function lend<Result>(secret: Uint8Array, act: (secret: Uint8Array) => Result): Result {
  try {
    return act(secret);
  } finally {
    secret.fill(0);
  }
}
