import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, REPOSITORY_ROOT } from './config.ts';

describe('the configuration', () => {
  it('has defaults, also for variables that are empty', () => {
    expect(readConfig({ SANDBOX_SOAK: '', GITHUB_PORT: '' })).toEqual({
      dataDirectory: path.join(REPOSITORY_ROOT, '.sandbox'),
      soak: '5s',
      ports: {},
      githubUrl: undefined,
      registryUrl: undefined,
      webhookUrl: undefined,
    });
  });

  it('takes what is set', () => {
    const config = readConfig({ SANDBOX_DATA: '/data', SANDBOX_SOAK: '1m', TODO_PROD_PORT: '8080', OTHER: 'x' });

    expect(config).toMatchObject({ dataDirectory: '/data', soak: '1m', ports: { prod: 8080 } });
  });

  it('names every variable that is invalid', () => {
    const read = (): unknown => readConfig({ SANDBOX_SOAK: 'soon', GITHUB_PORT: '70000', GITHUB_URL: 'nowhere' });

    expect(read).toThrow(/SANDBOX_SOAK must be a duration such as 5s\nGITHUB_PORT .*\nGITHUB_URL /);
  });
});
