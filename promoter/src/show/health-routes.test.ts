import { describe, expect, it } from 'vitest';
import type { AccessProblem } from '../ports.ts';
import { type Health, healthRoutes } from './health-routes.ts';

const archived: AccessProblem = {
  kind: 'archived',
  what: 'acme/config is archived',
  whatToDo: 'unarchive it',
  since: '2026-11-23T10:00:00.000Z',
  until: undefined,
};
const unreadable: AccessProblem = {
  ...archived,
  kind: 'unreadable',
  what: 'read acme/config: 404',
  whatToDo: 'check CONFIG_REPOSITORY',
};
const ask = async (more: Partial<Health>): Promise<[number, string]> => {
  const routes = healthRoutes({ isReady: () => true, isStopping: () => false, access: () => [], ...more });
  const answer = await routes.request('/readyz');
  return [answer.status, await answer.text()];
};
const notYet = { isReady: () => false };

describe('readiness', () => {
  it.each<[string, Partial<Health>, [number, string]]>([
    ['the config repository was read', {}, [200, 'ok']],
    ['it was not', notYet, [503, 'the config repository was not read yet']],
    [
      'GitHub refuses it',
      { ...notYet, access: () => [unreadable] },
      [503, 'read acme/config: 404. What to do: check CONFIG_REPOSITORY'],
    ],
    [
      'GitHub refuses it later: the board has to be reachable',
      { access: () => [unreadable] },
      [200, 'ok, but read acme/config: 404. What to do: check CONFIG_REPOSITORY'],
    ],
    ['only writing is refused', { access: () => [archived] }, [200, 'ok']],
    ['it stops', { isStopping: () => true }, [503, 'stopping']],
  ])('where %s', async (_case, more, expected) => {
    expect(await ask(more)).toEqual(expected);
  });
});
