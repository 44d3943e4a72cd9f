// How pull requests are asked for in GraphQL, and the state that it has for them.
import type { PullRequest } from '../world.ts';
import type { PageArguments } from './connection.ts';

export interface PullRequestArguments extends PageArguments {
  headRefName?: string | null;
  baseRefName?: string | null;
  states?: string[] | null;
  orderBy?: { field: 'CREATED_AT' | 'UPDATED_AT'; direction: 'ASC' | 'DESC' } | null;
}

export function stateOf(pull: PullRequest): string {
  return pull.mergedAt ? 'MERGED' : pull.state.toUpperCase();
}
