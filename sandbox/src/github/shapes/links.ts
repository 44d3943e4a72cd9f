// URLs as on GitHub Enterprise Server: pages at the root, REST below /api/v3.
import { fullName, type Repository } from '../world.ts';

export interface Links {
  origin: string;
  api: string;
  /** Of the addresses that GitHub gives to accounts, after the @. */
  noreply: string;
  repositoryPage(repository: Repository): string;
  repositoryApi(repository: Repository): string;
}

export function createLinks(origin: string): Links {
  const api = `${origin}/api/v3`;
  return {
    origin,
    api,
    noreply: `users.noreply.${new URL(origin).hostname}`,
    repositoryPage: (repository) => `${origin}/${fullName(repository)}`,
    repositoryApi: (repository) => `${api}/repos/${fullName(repository)}`,
  };
}

/** The stand-in's GraphQL ids are `TypeName:number` in base64, as GitHub's old ids were. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** Returns the number in such an id; NaN when there is none. */
export function numberOfNode(text: string): number {
  return Number(Buffer.from(text, 'base64url').toString().split(':')[1]);
}
