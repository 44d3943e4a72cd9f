// The one place that removes duplicates: what lasts is read again and again, and what happened is recorded once.
import { LRUCache } from 'lru-cache';

export interface Duplicates {
  /** @returns false for a key that is remembered. */
  isFirst(key: string): boolean;
  /** What could not be done may be tried again. */
  forget(key: string): void;
}

/** About a thousand releases with their spans. */
const MAX_REMEMBERED = 50_000;

export function createDuplicates(max = MAX_REMEMBERED): Duplicates {
  const known = new LRUCache<string, true>({ max });
  return {
    isFirst(key) {
      if (known.get(key)) return false;
      known.set(key, true);
      return true;
    },
    forget: (key) => void known.delete(key),
  };
}
