import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeVariables, help, parseConfig } from './config.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const started = new Date('2026-11-23T10:00:00Z');

describe('configuration', () => {
  it('splits the image reference into name and digest', () => {
    const { version } = parseConfig(started, { IMAGE: `ghcr.io/acme/todo:main-1-abc@${DIGEST}`, COMMIT: 'abc' });

    expect(version).toEqual({
      image: 'ghcr.io/acme/todo:main-1-abc',
      digest: DIGEST,
      commit: 'abc',
      environment: 'local',
      started: '2026-11-23T10:00:00.000Z',
    });
  });

  it('reports all problems at once, and where to read more', () => {
    const wrong = {
      PORT: '70000',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
      ALLOW_DELETE_ALL: 'yes',
      PUBLIC_URL: 'ftp://x',
      STATEMENT_TIMEOUT_MS: '1.5',
    };

    const parse = (): unknown => parseConfig(started, wrong);

    expect(parse).toThrow('6 problem(s); --help');
    for (const name of Object.keys(wrong)) expect(parse).toThrow(name);
  });

  it('never shows a password', () => {
    const parse = (): unknown => parseConfig(started, { DATABASE_URL: 'postgres://todo:pass word@[::1:5432/todo' });

    expect(parse).toThrow('DATABASE_URL');
    expect(parse).not.toThrow('pass word');
  });

  it('treats an empty variable as an absent one', () => {
    expect(parseConfig(started, { DATABASE_URL: '', PORT: '' })).toMatchObject({
      database: { kind: 'pglite', directory: 'data' },
      port: 3000,
    });
  });

  it('removes the slash at the end of PUBLIC_URL', () => {
    expect(parseConfig(started, { PUBLIC_URL: 'https://todo.example.com/' }).publicUrl).toBe(
      'https://todo.example.com',
    );
  });

  it('is listed by --help and in the README: every variable with its default and meaning', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const rows = readme
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((text) => text.trim().replaceAll('`', '')));

    for (const { name, default: defaultValue, meaning } of describeVariables()) {
      expect(help()).toMatch(new RegExp(`^  ${name} +${defaultValue}`, 'm'));
      expect(help()).toContain(meaning);
      expect(rows, name).toContainEqual(['', name, defaultValue, meaning, '']);
    }
  });
});
