import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeVariables, help, parseConfig } from './config.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const started = new Date('2026-11-23T10:00:00Z');

describe('configuration', () => {
  it('splits the image reference into name and digest', () => {
    const { version } = parseConfig({ IMAGE: `ghcr.io/acme/todo:main-1-abc@${DIGEST}`, COMMIT: 'abc' }, started);

    expect(version).toEqual({
      image: 'ghcr.io/acme/todo:main-1-abc',
      digest: DIGEST,
      commit: 'abc',
      environment: 'local',
      started: '2026-11-23T10:00:00.000Z',
    });
  });

  it('reports every problem at once, and where to read more', () => {
    const wrong = {
      PORT: '70000',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
      ALLOW_DELETE_ALL: 'yes',
      PUBLIC_URL: 'ftp://x',
      STATEMENT_TIMEOUT_MS: '1.5',
    };

    const parse = (): unknown => parseConfig(wrong, started);

    expect(parse).toThrow('6 problem(s); --help');
    for (const name of Object.keys(wrong)) expect(parse).toThrow(name);
  });

  it('never shows a password', () => {
    const parse = (): unknown => parseConfig({ DATABASE_URL: 'postgres://todo:pass word@[::1:5432/todo' }, started);

    expect(parse).toThrow('DATABASE_URL');
    expect(parse).not.toThrow('pass word');
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseConfig({ DATABASE_URL: '', PORT: '' }, started)).toMatchObject({
      database: { kind: 'pglite', directory: 'data' },
      port: 3000,
    });
  });

  it('takes the slash from the end of the public address', () => {
    expect(parseConfig({ PUBLIC_URL: 'https://todo.example.com/' }, started).publicUrl).toBe(
      'https://todo.example.com',
    );
  });

  it('is listed by --help and by the README, every variable with its default and meaning', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const rows = readme
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((text) => text.trim().replaceAll('`', '')));

    for (const { name, standard, meaning } of describeVariables()) {
      expect(help()).toMatch(new RegExp(`^  ${name} +${standard}`, 'm'));
      expect(help()).toContain(meaning);
      expect(rows, name).toContainEqual(['', name, standard, meaning, '']);
    }
  });
});
