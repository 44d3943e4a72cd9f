import { describe, expect, it } from 'vitest';
import { type Authorship, createIdentityReader, hostOf, type Identity, isActor, isMadeBy } from './identity.ts';

const APP: Identity = { kind: 'app', login: 'promoter', host: 'github.com' };
const USER: Identity = { kind: 'user', login: 'delivery-bot', host: 'github.com' };
const signed = { isValid: true, wasSignedByGitHub: true };
const bot = { name: 'promoter[bot]', email: '4242+promoter[bot]@users.noreply.github.com', user: null };
const person = (login: string) => ({ name: login, email: `${login}@example.org`, user: { login } });

describe('a commit is the App’s', () => {
  it('where GitHub signed it with the App as its author', () => {
    expect(isMadeBy(APP, { author: bot, signature: signed })).toBe(true);
  });

  it.each<[string, Authorship]>([
    ['a person pushed it with the App’s name and address', { author: bot, signature: null }],
    ['a person signed it', { author: bot, signature: { isValid: true, wasSignedByGitHub: false } }],
    ['its signature is not valid', { author: bot, signature: { isValid: false, wasSignedByGitHub: true } }],
    ['GitHub signed what a person committed', { author: person('mallory'), signature: signed }],
    [
      'another App made it',
      { author: { ...bot, email: '7+renovate[bot]@users.noreply.github.com' }, signature: signed },
    ],
    [
      'the address only begins like the App’s',
      { author: { ...bot, email: '1+promoter[bot]@users.noreply.github.com.example.org' }, signature: signed },
    ],
    ['it has no author', { author: null, signature: signed }],
    ['its author has no address', { author: { ...bot, email: null }, signature: signed }],
  ])('but not where %s', (_why, authorship) => {
    expect(isMadeBy(APP, authorship)).toBe(false);
  });
});

it.each([
  ['https://api.github.com', 'github.com'],
  ['https://api.acme.ghe.com', 'acme.ghe.com'],
  ['https://github.acme.example/api/v3', 'github.acme.example'],
  ['http://127.0.0.1:4000', 'github.com'],
])('where GitHub answers at %s, the addresses of Apps end in %s, and count there alone', (apiUrl, host) => {
  expect(hostOf(apiUrl)).toBe(host);
  const author = { ...bot, email: `7+promoter[bot]@users.noreply.${host}` };
  expect(isMadeBy({ ...APP, host }, { author, signature: signed })).toBe(true);
  expect(isMadeBy({ ...APP, host: 'another.example' }, { author, signature: signed })).toBe(false);
});

it('a commit is a token’s where its author is the token’s account, in any case', () => {
  expect(isMadeBy(USER, { author: person('Delivery-Bot'), signature: null })).toBe(true);
  expect(isMadeBy(USER, { author: person('mallory'), signature: signed })).toBe(false);
  expect(isMadeBy(USER, { author: { ...bot, name: 'delivery-bot' }, signature: signed })).toBe(false);
});

it('an actor is us only as what we are: a person may have an App’s name', () => {
  expect(isActor(APP, { login: 'promoter', kind: 'Bot' })).toBe(true);
  expect(isActor(APP, { login: 'promoter', kind: 'User' })).toBe(false);
  expect(isActor(USER, { login: 'delivery-bot', kind: 'User' })).toBe(true);
  expect(isActor(APP, null)).toBe(false);
});

it('who we are is asked once, and again after a failure', async () => {
  let asked = 0;
  const read = createIdentityReader(
    undefined,
    () => {
      asked += 1;
      return Promise.reject(new Error('no network'));
    },
    'github.com',
  );

  await expect(read()).rejects.toThrow('read who the promoter is: no network');
  await expect(read()).rejects.toThrow('no network');
  expect(asked).toBe(2);
});
