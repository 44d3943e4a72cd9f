// What every part of the GitHub stand-in works with, and how repositories and accounts are found.
import type { App, CallerRegistry } from './callers.ts';
import { notFound } from './errors.ts';
import type { Faults } from './faults.ts';
import type { GitRepository } from '../git/git-repository.ts';
import type { Links } from './shapes/links.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import { type Account, fullName, type Repository } from './world.ts';
import type { WorldStore } from './world-store.ts';
import { toIsoSeconds } from '../git/git-object.ts';

export interface RefChange {
  repository: Repository;
  ref: string;
  before: string;
  after: string;
  actor: Account;
  forced: boolean;
}

export interface Hub {
  store: WorldStore;
  links: Links;
  callers: CallerRegistry;
  app: App;
  faults: Faults;
  webhooks: Webhooks;
  clock: () => Date;
  gitOf(repository: Repository): GitRepository;
  /** Runs one writer at a time per repository; readers do not wait. */
  exclusively<Result>(repository: Repository, work: () => Promise<Result>): Promise<Result>;
  /** Runs work that no caller awaits. A failure is logged, and closing waits for the work. */
  background(work: Promise<void>): void;
  /** Triggers what follows from a changed branch: events, pull requests, workflows. */
  onRefChange(change: RefChange): Promise<void>;
}

export const now = (hub: Hub): string => toIsoSeconds(hub.clock());

/** By its name, or one that it had. @throws ApiError 404 */
export function repositoryOf(hub: Hub, owner: string, name: string): Repository {
  const wanted = name.replace(/\.git$/, '').toLowerCase();
  const full = `${owner.toLowerCase()}/${wanted}`;
  const { repositories } = hub.store.world;
  const found =
    repositories.find((repository) => fullName(repository).toLowerCase() === full) ??
    repositories.find(({ formerNames }) => formerNames?.some((former) => former.toLowerCase() === full));
  if (!found) throw notFound();
  return found;
}

/** @param full owner/name. @throws ApiError 404 */
export function repositoryNamed(hub: Hub, full: string): Repository {
  const [owner, name] = full.split('/');
  if (!owner || !name) throw notFound();
  return repositoryOf(hub, owner, name);
}

/** Finds an account by login; GitHub shows a deleted one as a ghost. */
export function accountOf(hub: Hub, login: string): Account {
  return (
    hub.store.world.accounts.find((account) => account.login === login) ?? {
      id: 10_137,
      login: 'ghost',
      name: 'Deleted user',
      type: 'User',
    }
  );
}

export function ownerOf(hub: Hub, repository: Repository): Account {
  return accountOf(hub, repository.owner);
}

/** The author of commits that an account makes through the API. */
export function personOf(hub: Hub, account: Account): { name: string; email: string; date: string } {
  return { name: account.name, email: `${account.id}+${account.login}@${hub.links.noreply}`, date: now(hub) };
}

export function createExclusion(): Hub['exclusively'] {
  const tails = new Map<number, Promise<unknown>>();
  return (repository, work) => {
    const turn = (tails.get(repository.id) ?? Promise.resolve()).then(work, work);
    tails.set(
      repository.id,
      turn.catch(() => undefined),
    );
    return turn;
  };
}
