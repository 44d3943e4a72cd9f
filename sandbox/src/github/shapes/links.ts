// Addresses, as GitHub Enterprise Server forms them: pages at the root, REST below /api/v3.
import { fullName, type Repository } from '../world.ts';

export interface Links {
  origin: string;
  api: string;
  repositoryPage(repository: Repository): string;
  repositoryApi(repository: Repository): string;
}

export function createLinks(origin: string): Links {
  const api = `${origin}/api/v3`;
  return {
    origin,
    api,
    repositoryPage: (repository) => `${origin}/${fullName(repository)}`,
    repositoryApi: (repository) => `${api}/repos/${fullName(repository)}`,
  };
}

/** GraphQL ids here are `TypeName:number`, in base64 as GitHub's old ids were. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

export function parseNodeId(text: string): { type: string; id: string } {
  const [type = '', id = ''] = Buffer.from(text, 'base64url').toString().split(':');
  return { type, id };
}
