import type { Repository } from '../decide/repository.ts';
import type { GitHub } from '../github/client.ts';

/** The config repository, and how to reach it. */
export interface ConfigTarget {
  github(): Promise<GitHub>;
  repository: Repository;
  /** Its base branch. */
  branch: string;
}

/** How its REST API is asked about it. */
export const inRepository = ({ repository: { owner, name } }: ConfigTarget) => ({ owner, repo: name });
