// Failures answer one question: is trying again worth it?

/** The same call may succeed later. */
export class TransientError extends Error {
  override name = 'TransientError';
  /** What the other side asked us to wait; undefined leaves it to the caller's backoff. */
  readonly retryAfterMs: number | undefined;
  constructor(message: string, { cause, retryAfterMs }: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    super(message, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Our own ceiling was reached. It passes, and says nothing of what has a ceiling of its own. */
export class BudgetError extends TransientError {
  override name = 'BudgetError';
}

/** It fails again until somebody changes something. */
export class TerminalError extends Error {
  override name = 'TerminalError';
  /** What somebody has to change, where that is known. */
  readonly whatToDo: string | undefined;
  constructor(message: string, { cause, whatToDo }: { cause?: unknown; whatToDo?: string | undefined } = {}) {
    super(message, { cause });
    this.whatToDo = whatToDo;
  }
}
