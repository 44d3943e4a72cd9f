import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, describeVariables, parseConfig } from './config.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const good = {
  GITHUB_TOKEN: 'ghp_secret-token',
  GITHUB_WEBHOOK_SECRET: 'webhook-secret',
  CONFIG_REPOSITORY: 'acme/gitops-config',
};
const app = {
  GITHUB_APP_ID: '42',
  GITHUB_APP_PRIVATE_KEY: key,
  GITHUB_WEBHOOK_SECRET: 'webhook-secret',
  CONFIG_REPOSITORY: 'acme/gitops-config',
};

describe('the environment', () => {
  it('has defaults for everything that can have one', () => {
    expect(parseConfig(good)).toMatchObject({
      port: 8080,
      github: { apiUrl: 'https://api.github.com' },
      configRepository: { owner: 'acme', name: 'gitops-config', branch: 'main', paths: ['promotion.yaml'] },
      cluster: undefined,
      coalesceMs: 1000,
    });
  });

  it('takes an App with its key, also in one line', () => {
    const oneLine = key.replaceAll('\n', String.raw`\n`);
    expect(parseConfig({ ...app, GITHUB_APP_PRIVATE_KEY: oneLine }).github.credentials).toMatchObject({
      kind: 'app',
      appId: 42,
    });
  });

  it('reports every problem at once, each by its name', () => {
    const wrong = { PORT: 'x', GITHUB_API_URL: 'nowhere', CONFIG_REPOSITORY: 'gitops-config', GITHUB_APP_ID: '42' };
    let message = '';
    try {
      parseConfig(wrong);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = error instanceof Error ? error.message : '';
    }
    for (const name of [
      '5 problem(s)',
      'PORT',
      'GITHUB_API_URL',
      'GITHUB_WEBHOOK_SECRET',
      'CONFIG_REPOSITORY',
      'GITHUB_APP_PRIVATE_KEY',
    ])
      expect(message).toContain(name);
  });

  it.each([
    ['neither App nor token', { ...good, GITHUB_TOKEN: '' }, /GITHUB_APP_ID .* or GITHUB_TOKEN is required/],
    ['both', { ...good, ...app }, /both set/],
    ['two keys', { ...app, GITHUB_APP_PRIVATE_KEY_FILE: '/key.pem' }, /needs one of/],
    [
      'a key that is none',
      { ...app, GITHUB_APP_PRIVATE_KEY: 'nonsense' },
      /GITHUB_APP_PRIVATE_KEY is not a readable PEM key/,
    ],
    [
      'a key file that is missing',
      { ...app, GITHUB_APP_PRIVATE_KEY: '', GITHUB_APP_PRIVATE_KEY_FILE: '/nowhere/key.pem' },
      /GITHUB_APP_PRIVATE_KEY_FILE is not a readable/,
    ],
    [
      'a webhook secret that anybody guesses',
      { ...good, GITHUB_WEBHOOK_SECRET: 'short' },
      /GITHUB_WEBHOOK_SECRET must have at least 8/,
    ],
  ])('refuses %s', (_case, env, message) => {
    expect(() => parseConfig(env)).toThrow(message);
  });

  it('never prints a secret', () => {
    const config = parseConfig(good);
    expect(JSON.stringify(config)).not.toMatch(/secret/);
    expect(JSON.stringify(config)).toContain('[redacted]');
  });
});

describe('what is said of the environment', () => {
  it('is the same by --help and in the README: every variable, with its default', async () => {
    const readme = await readFile(path.join(import.meta.dirname, '../README.md'), 'utf8');

    for (const { name, meaning, byDefault } of describeVariables()) {
      expect(meaning, name).not.toBe('');
      expect(readme).toContain(`\`${name}\``);
      if (byDefault !== undefined) expect(readme).toContain(`\`${byDefault}\``);
    }
  });
});
