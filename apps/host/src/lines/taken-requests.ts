/** Which requests of other hosts were taken: none is carried out twice. */
export interface TakenRequests {
  /** True the first time; the name is remembered until the instant has passed, after which the request cannot leave any more. */
  take(requestId: string, leavesUntilMs: number, nowMs: number): boolean;
}

export function takenRequests(): TakenRequests {
  const untilById = new Map<string, number>();
  return {
    take(requestId, leavesUntilMs, nowMs) {
      for (const [id, untilMs] of untilById) if (untilMs < nowMs) untilById.delete(id);
      if (untilById.has(requestId)) return false;
      untilById.set(requestId, leavesUntilMs);
      return true;
    },
  };
}
