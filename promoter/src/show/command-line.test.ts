import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeVariables } from '../config.ts';
import { runCommand } from './command-line.ts';

const TRACE = 'ab'.repeat(16);
const END = '1763892000000000000';

function request(kinds: readonly [service: string, kind: number, id: string, parent: string][]): object {
  return {
    receivedAt: '2025-11-23T10:00:01Z',
    resourceSpans: kinds.map(([service, kind, spanId, parentSpanId]) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [
        {
          spans: [
            { traceId: TRACE, spanId, parentSpanId, name: 'hop', kind, startTimeUnixNano: END, endTimeUnixNano: END },
          ],
        },
      ],
    })),
  };
}

const CLIENT = 3;
const SERVER = 2;
const PAIR = request([
  ['argocd', CLIENT, '1'.repeat(16), ''],
  ['todo', SERVER, '2'.repeat(16), '1'.repeat(16)],
]);
const ORPHAN = request([['todo', SERVER, '2'.repeat(16), '3'.repeat(16)]]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promoter-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(
  args: readonly string[],
  input = '',
): Promise<{ code: number | undefined; out: string; error: string }> {
  let out = '';
  let error = '';
  const code = await runCommand(args, {
    out: (text) => (out += text),
    error: (text) => (error += text),
    readInput: () => Promise.resolve(input),
  });
  return { code, out, error };
}

describe('promoter trace check', () => {
  it('draws the arrows and the traces of a file, and is content when nothing is lost', async () => {
    const file = path.join(folder, 'pair.json');
    await writeFile(file, JSON.stringify(PAIR));

    const { code, out } = await run(['trace', 'check', file]);

    expect(out).toContain('argocd -> todo  1 request');
    expect(out).toContain(`Trace ${TRACE}`);
    expect(code).toBe(0);
  });

  it('says what is lost and exits with 1, from standard input too', async () => {
    const { code, out } = await run(['trace', 'check', '-'], `${JSON.stringify(PAIR)}\n${JSON.stringify(ORPHAN)}`);

    expect(out).toContain('lost: todo: hop');
    expect(out).toContain('orphan: todo: hop');
    expect(code).toBe(1);
  });

  it.each([
    [['trace', 'check', '-'], 'nonsense', /line 1: not JSON/],
    [['trace', 'check', '/nowhere/at-all'], '', /ENOENT/],
    [['trace', 'draw'], '', /is no command/],
  ])('%s says what is wrong and exits with 2', async (args, input, message) => {
    const { code, error } = await run(args, input);

    expect(error).toMatch(message);
    expect(code).toBe(2);
  });

  it.each(['--help', 'help'])('%s names every command and every variable', async (word) => {
    const { code, out } = await run([word]);

    expect(code).toBe(0);
    expect(out).toContain('promoter trace check FILE');
    for (const { name } of describeVariables()) expect(out).toContain(`  ${name} `);
    expect(out).toMatch(/PORT +port to listen on \(default: 8080\)/);
  });

  it('leaves the controller alone', async () => {
    expect((await run([])).code).toBeUndefined();
  });
});
