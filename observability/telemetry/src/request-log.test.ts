import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { createRequestLog, type RequestLogSettings } from './request-log.ts';

const request = { method: 'GET', route: '/todos/:id', status: 200, seconds: 0.0123456 };

function logOf(settings: RequestLogSettings, random = 0.5, level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return {
    lines,
    log: createRequestLog(createLogger({ service: 'test', level, destination }), settings, () => random),
  };
}

describe('a request', () => {
  it('has a line with its route, its status and its duration, and nothing that a person wrote', () => {
    const { lines, log } = logOf({ level: 'info', sample: 1 });
    log(request);

    expect(lines).toMatchObject([
      { level: 'info', msg: 'request', method: 'GET', route: '/todos/:id', status: 200, durationMs: 12.346 },
    ]);
    expect(Object.keys(lines[0] ?? {}).toSorted()).toEqual(
      ['durationMs', 'level', 'method', 'msg', 'route', 'service', 'status', 'time'].toSorted(),
    );
  });

  it.each([
    ['of the sample', 200, 0.6, 1],
    ['outside of the sample', 200, 0.5, 0],
    ['that the client got wrong, outside of the sample', 404, 0.5, 0],
    ['that failed, outside of the sample', 503, 0, 1],
  ])('%s', (_case, status, sample, lines) => {
    const found = logOf({ level: 'info', sample });
    found.log({ ...request, status });

    expect(found.lines).toHaveLength(lines);
  });

  it.each<[string, RequestLogSettings]>([
    ['silent', { level: 'silent', sample: 1 }],
    ['debug below a log level of info', { level: 'debug', sample: 1 }],
  ])('has no line at the level %s', (_case, settings) => {
    const { lines, log } = logOf(settings);
    log({ ...request, status: 500 });

    expect(lines).toEqual([]);
  });
});
