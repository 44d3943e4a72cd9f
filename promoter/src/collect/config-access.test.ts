import { describe, expect, it } from 'vitest';
import { declare } from '../../test/fixtures.ts';
import { fullName, type Repository } from '../decide/repository.ts';
import { TerminalError } from '../errors.ts';
import { EVENTS, type Installation, PERMISSIONS } from '../github/permissions.ts';
import { createConfigAccess, type RepositoryFacts } from './config-access.ts';

const SOURCE = { owner: 'acme', name: 'todo' };
const SERVICE = { owner: 'acme', name: 'todo-service' };
const CONFIG = { owner: 'acme', name: 'config' };
const right: RepositoryFacts = { repository: CONFIG, id: 7, isArchived: false, forbidden: [], isWhole: true };
const granted: Installation = {
  id: 1,
  account: { login: 'acme' },
  html_url: 'https://github.com/settings/installations/1',
  permissions: Object.fromEntries(PERMISSIONS.map(({ key, level }) => [key, level])),
  events: EVENTS.map(({ key }) => key),
};

function start() {
  let declared = [declare({ source: fullName(SOURCE) })];
  let now = Date.parse('2026-11-23T10:00:00Z');
  const lines: string[] = [];
  let changes = 0;
  const access = createConfigAccess({
    configured: CONFIG,
    branch: 'main',
    lastRead: { declared: () => declared },
    onChange: () => (changes += 1),
    clock: () => new Date(now),
    logger: {
      warn: (...[, text]: unknown[]) => void lines.push(String(text)),
      info: (...[, text]: unknown[]) => void lines.push(String(text)),
    },
  });
  return {
    access,
    lines,
    changes: () => changes,
    pass: (ms: number) => (now += ms),
    declare: (source: Repository) => void (declared = [declare({ source: fullName(source) })]),
  };
}
const kinds = ({ access }: ReturnType<typeof start>): string[] => access.view().map(({ kind }) => kind);

describe('access to the config repository', () => {
  it('has no problem where everything is as it has to be', () => {
    const world = start();

    world.access.readable(right);
    world.access.installed(granted);

    expect(world.access.view()).toEqual([]);
    expect([world.lines, world.changes()]).toEqual([[], 0]);
  });

  it('says since when it is missing, once, and is right again with the next read', () => {
    const world = start();
    const error = new TerminalError('read acme/config: there is no branch trunk', {
      whatToDo: 'set CONFIG_BRANCH=main',
    });

    world.access.unreadable(error);
    world.pass(60_000);
    world.access.unreadable(error);

    expect(world.access.view()).toEqual([
      {
        kind: 'unreadable',
        what: 'read acme/config: there is no branch trunk',
        whatToDo: 'set CONFIG_BRANCH=main',
        until: undefined,
        since: '2026-11-23T10:00:00.000Z',
      },
    ]);
    world.access.readable(right);
    expect(world.access.view()).toEqual([]);
    expect(world.lines).toEqual(['access to GitHub is not as it has to be', 'access to GitHub is right again']);
    expect(world.changes()).toBe(2);
  });

  it.each<[Partial<RepositoryFacts>, string, string]>([
    [{ isArchived: true }, 'archived', 'acme/config is archived'],
    [{ repository: { owner: 'platform', name: 'deploy' } }, 'renamed', 'acme/config is called platform/deploy now'],
    [{ forbidden: [['repository', 'branch0', 'statusCheckRollup']] }, 'forbidden', 'read statusCheckRollup'],
  ])('of a repository that is %j is %s', (more, kind, what) => {
    const world = start();

    world.access.readable({ ...right, ...more });

    expect(kinds(world)).toEqual([kind]);
    expect(world.access.view()[0]?.what).toContain(what);
  });

  it('names a source repository that was renamed, until its pipeline names it so', () => {
    const world = start();
    world.access.sourceRead(SOURCE, SERVICE);

    expect(kinds(world)).toEqual(['source renamed']);
    expect(world.access.view()[0]).toMatchObject({
      what: expect.stringContaining('acme/todo is called acme/todo-service now') as string,
      whatToDo: 'write source: acme/todo-service',
    });
    world.access.sourceRead(SOURCE, SOURCE);
    expect(kinds(world)).toEqual([]);

    world.access.sourceRead(SOURCE, SERVICE);
    world.declare(SERVICE);
    world.access.sourceRead(SERVICE, SERVICE);
    expect(kinds(world)).toEqual([]);
  });

  it('keeps what is forbidden until every pipeline was read without it', () => {
    const world = start();
    world.access.readable({ ...right, forbidden: [['repository', 'branch0', 'statusCheckRollup']] });

    world.access.readable({ ...right, isWhole: false });
    expect(kinds(world)).toEqual(['forbidden']);
    world.access.readable(right);
    expect(kinds(world)).toEqual([]);
  });

  it('names no rename where the case of the name alone differs', () => {
    const world = start();

    world.access.readable({ ...right, repository: { owner: 'Acme', name: 'Config' } });

    expect(kinds(world)).toEqual([]);
  });

  it('goes on under the present name, and knows the repository by its number', () => {
    const { access } = start();
    expect([access.repository.owner, access.repository.name, access.repository.id]).toEqual([
      'acme',
      'config',
      undefined,
    ]);

    access.readable({ ...right, repository: { owner: 'platform', name: 'deploy' } });

    expect([access.repository.owner, access.repository.name, access.repository.id]).toEqual(['platform', 'deploy', 7]);
  });

  it('names what GitHub has not granted, by owner, after what is worse', () => {
    const world = start();
    const { statuses: _, ...permissions } = granted.permissions;
    world.access.installed({ ...granted, permissions });
    world.access.installed({ ...granted, account: { login: 'other' }, events: [] });
    world.access.unreadable(new TerminalError('read acme/config: 404'));

    expect(kinds(world)).toEqual(['unreadable', 'permissions', 'permissions']);
    expect(world.access.view()[1]).toMatchObject({
      what: 'GitHub has not granted the App for acme: Commit statuses: read, without which gates on checks stay closed',
      whatToDo: 'add Commit statuses: read to the App, and accept it: https://github.com/settings/installations/1',
    });
  });
});
