// How far GitHub lets us work with the config repository, and under which name. People see it on the board and in /readyz; what is
// wrong goes away by itself with the next read that finds it right.
import type { Logger } from '@delivery/telemetry/logger';
import type { EventContext } from '../accept/parse-delivery.ts';
import { fullName, isSameRepository, type Repository } from '../decide/repository.ts';
import { adviseOn } from '../github/advise.ts';
import type { ForbiddenPath } from '../github/errors.ts';
import { type Installation, missingGrants, permissionFor } from '../github/permissions.ts';
import type { AccessProblem, LastRead } from '../ports.ts';

/** What GitHub says of the repository with each read. */
export interface RepositoryFacts {
  /** Its present name: GitHub follows renames and transfers. */
  repository: Repository;
  /** The number that webhooks have it by. */
  id: number | undefined;
  isArchived: boolean;
  /** What we may not read of it, and whether every pipeline was asked for: only then nothing means that there is nothing. */
  forbidden: readonly ForbiddenPath[];
  isWhole: boolean;
}

export interface ConfigAccess {
  readable(facts: RepositoryFacts): void;
  unreadable(error: unknown): void;
  installed(installation: Installation): void;
  /** A source repository, as a pipeline names it, was read under this name. */
  sourceRead(declared: Repository, present: Repository): void;
  /** The worst first. */
  view(): AccessProblem[];
  /** The config repository by its present name, and its number once it was read: always what was read last. */
  repository: EventContext;
}

export interface ConfigAccessDeps {
  /** As CONFIG_REPOSITORY names it. */
  configured: Repository;
  branch: string;
  lastRead: Pick<LastRead, 'declared'>;
  onChange(): void;
  clock: () => Date;
  logger: Pick<Logger, 'info' | 'warn'>;
}

type Found = Omit<AccessProblem, 'kind' | 'since'>;
const ORDER: readonly AccessProblem['kind'][] = [
  'unreadable',
  'archived',
  'renamed',
  'source renamed',
  'forbidden',
  'permissions',
];

const keyOf = (kind: AccessProblem['kind'], of = ''): string => `${kind} ${of}`;

export function createConfigAccess({
  configured,
  branch,
  lastRead,
  onChange,
  clock,
  logger,
}: ConfigAccessDeps): ConfigAccess {
  /** By kind, and by owner where each has its own. */
  const open = new Map<string, AccessProblem>();
  let facts: RepositoryFacts | undefined;

  function keep(kind: AccessProblem['kind'], found: Found | undefined, of = ''): void {
    const key = keyOf(kind, of);
    const before = open.get(key);
    if (!found) {
      if (open.delete(key))
        logger.info({ stage: 'collect', kind, what: before?.what }, 'access to GitHub is right again');
    } else {
      const isNew = before?.what !== found.what;
      open.set(key, { kind, ...found, since: before?.since ?? clock().toISOString() });
      if (isNew) logger.warn({ stage: 'collect', kind, ...found }, 'access to GitHub is not as it has to be');
    }
    if (before?.what !== found?.what) onChange();
  }

  return {
    readable(read) {
      facts = read;
      keep('unreadable', undefined);
      keep('archived', read.isArchived ? archived(read.repository) : undefined);
      keep('renamed', isSameRepository(read.repository, configured) ? undefined : renamed(configured, read.repository));
      if (read.forbidden.length > 0) keep('forbidden', forbidden(read.forbidden));
      else if (read.isWhole) keep('forbidden', undefined);
    },
    unreadable: (error) => keep('unreadable', adviseOn(error, clock())),
    installed(installation) {
      const owner = installation.account?.login ?? String(installation.id);
      keep('permissions', ungranted(installation, owner), owner);
    },
    sourceRead(declared, present) {
      const found = isSameRepository(declared, present) ? undefined : renamedSource(declared, present);
      keep('source renamed', found, fullName(declared));
    },
    view() {
      // Nobody asks again for a source that no pipeline names any more.
      const sources = lastRead.declared().flatMap(({ source }) => (source ? [fullName(source)] : []));
      const named = new Set(sources.map((source) => keyOf('source renamed', source)));
      return [...open]
        .flatMap(([key, problem]) => (problem.kind !== 'source renamed' || named.has(key) ? [problem] : []))
        .sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
    },
    repository: {
      get owner() {
        return (facts?.repository ?? configured).owner;
      },
      get name() {
        return (facts?.repository ?? configured).name;
      },
      get id() {
        return facts?.id;
      },
      branch,
    },
  };
}

const archived = (repository: Repository): Found => ({
  what: `${fullName(repository)} is archived: GitHub takes no change, so every environment is held`,
  whatToDo: 'unarchive it, or set CONFIG_REPOSITORY to the one that Argo CD follows',
  until: undefined,
});

const renamed = (from: Repository, to: Repository): Found => ({
  what: `${fullName(from)} is called ${fullName(to)} now; work goes on`,
  whatToDo: `set CONFIG_REPOSITORY=${fullName(to)}, and let Argo CD follow that name`,
  until: undefined,
});

const renamedSource = (from: Repository, to: Repository): Found => ({
  what: `the source repository ${fullName(from)} is called ${fullName(to)} now: its announcements and the traces of its runs are not recognized`,
  whatToDo: `write source: ${fullName(to)}`,
  until: undefined,
});

function forbidden(paths: readonly ForbiddenPath[]): Found {
  const fields = [...new Set(paths.map((path) => path.at(-1) ?? ''))];
  const permissions = [...new Set(paths.map((path) => permissionFor(path) ?? `whatever ${path.join('.')} needs`))];
  return {
    what: `GitHub does not let us read ${fields.join(' and ')}`,
    whatToDo: `grant the App ${permissions.join(' and ')}`,
    until: undefined,
  };
}

function ungranted(installation: Installation, owner: string): Found | undefined {
  const missing = missingGrants(installation);
  if (missing.length === 0) return undefined;
  const lacks = missing.map(
    ({ name, without, isOptional }) => `${name}${isOptional ? ' (optional)' : ''}, without which ${without}`,
  );
  return {
    what: `GitHub has not granted the App for ${owner}: ${lacks.join('; ')}`,
    whatToDo: `add ${missing.map(({ name }) => name).join(', ')} to the App, and accept it: ${installation.html_url}`,
    until: undefined,
  };
}
