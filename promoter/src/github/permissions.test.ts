import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENTS, missingGrants, PERMISSIONS, permissionFor } from './permissions.ts';

const permissions = Object.fromEntries(PERMISSIONS.map(({ key, level }) => [key, level]));
const events = EVENTS.map(({ key }) => key);
const namesOf = (granted: Parameters<typeof missingGrants>[0]): string[] =>
  missingGrants(granted).map(({ name }) => name);

describe('what GitHub granted', () => {
  it('is enough where it is all of the list, or more', () => {
    expect(missingGrants({ permissions, events })).toEqual([]);
    expect(missingGrants({ permissions: { ...permissions, checks: 'write', issues: 'read' }, events })).toEqual([]);
  });

  it.each<[string, Parameters<typeof missingGrants>[0], string[]]>([
    ['a permission', { permissions: { ...permissions, statuses: undefined }, events }, ['Commit statuses: read']],
    ['the right to write', { permissions: { ...permissions, contents: 'read' }, events }, ['Contents: write']],
    ['an event', { permissions, events: events.filter((event) => event !== 'status') }, ['event status']],
  ])('%s that is missing is named', (_case, granted, names) => {
    expect(namesOf(granted)).toEqual(names);
  });

  it('says what does not work without it, and whether the rest works', () => {
    expect(missingGrants({ permissions: { ...permissions, members: undefined }, events })).toEqual([
      { name: 'Members: read', without: 'approvals by team count for nobody', isOptional: true },
    ]);
  });
});

describe('a field that may not be read', () => {
  it.each([
    [
      ['repository', 'branch0', 'commits', 'nodes', 'commit', 'statusCheckRollup'],
      'Checks: read and Commit statuses: read',
    ],
    [['repository', 'branch0', 'associatedPullRequests'], 'Pull requests: write'],
    [['repository', 'closed12'], 'Pull requests: write'],
    [['repository', 'ref', 'target', 'config0'], 'Contents: write'],
    [['repository', 'vulnerabilityAlerts'], undefined],
  ])('%j needs %s', (path, permission) => {
    expect(permissionFor(path)).toBe(permission);
  });
});

it('the README names exactly these', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  const [, named = '', optional = '', heard = ''] =
    /Permissions of the App: (.+?)\. Optional: (.+?)\. Events: (.+?)\. /.exec(readme) ?? [];
  const titles = (isOptional: boolean): string[] =>
    PERMISSIONS.filter((permission) => permission.isOptional === isOptional).map(
      ({ title, level }) => `${title} ${level}`,
    );

  expect(named.split(', ')).toEqual(titles(false));
  expect(optional.split(', ').map((text) => text.replace(/ \(.*\)$/, ''))).toEqual(titles(true));
  expect(heard.split(', ')).toEqual(events.map((event) => event.replaceAll('_', ' ')));
});
