import type { Caller } from '../callers.ts';

/** What resolvers get beside their arguments. */
export interface GraphqlContext {
  caller: Caller;
}
