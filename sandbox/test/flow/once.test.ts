// `npm start -- --once`, as a newcomer runs it, with a collector that knows nothing of this project.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endWithParent } from '@delivery/postgresql/end-with-parent';
import { type OtlpReceiver, startOtlpReceiver } from '@delivery/otlp-receiver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../../src/assemble/config.ts';
import { type ReleaseTrace, selectTrace } from './traced.ts';

describe('npm start -- --once', () => {
  let receiver: OtlpReceiver;
  let output = '';
  let code: number | null;
  let trace: ReleaseTrace;
  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    const directory = await mkdtemp(path.join(tmpdir(), 'sandbox-once-'));
    const child = spawn(process.execPath, ['sandbox/src/start.ts', '--once'], {
      cwd: REPOSITORY_ROOT,
      env: {
        PATH: process.env['PATH'],
        SANDBOX_DATA: directory,
        SANDBOX_SOAK: '1s',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      },
    });
    endWithParent(child);
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    [code] = (await once(child, 'close')) as [number | null];
    const traceId = /release trace +([0-9a-f]{32})/.exec(output)?.[1] ?? 'not printed';
    trace = selectTrace(receiver.exports, traceId);
    await rm(directory, { recursive: true, force: true });
  });
  afterAll(() => receiver.stop());

  it('exits with 0, and prints the service graph and the waterfall', () => {
    expect(code, output).toBe(0);
    expect(output).toContain(`Service graph of trace ${trace.traceId}`);
    expect(output).toMatch(/developer -> github +1 request \(virtual node\)/);
    expect(output).toMatch(/^ +todo: rollout prod .* \|/m);
    expect(output).not.toContain('lost:');
  });

  it('gives the collector one trace with all nine services, and every parent but the root’s', () => {
    const nodes = new Set(trace.graph.edges.flatMap(({ client, server }) => [client, server]));

    expect([...nodes].sort(), trace.picture).toEqual([
      'argocd',
      'developer',
      'ghcr',
      'github',
      'github-actions',
      'gitops-config',
      'promoter',
      'todo',
      'todo-db',
    ]);
    expect(trace.graph.losses).toEqual([]);
    expect(trace.missingParents).toEqual([]);
    expect(trace.spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
  });
});
