import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { environmentKey, normaliseRepositoryUrl, releaseSpanId, releaseTraceId, traceparentOf } from './release-ids.ts';

const commit = 'c'.repeat(40);
const digest = `sha256:${'d'.repeat(64)}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the ids of a release', () => {
  it.each(['https://github.com/acme/todo', 'https://github.com/Acme/Todo.git', 'http://github.com/acme/todo/'])(
    'are the same for every spelling of the repository: %s',
    (url) => {
      expect(normaliseRepositoryUrl(url)).toBe('https://github.com/acme/todo');
    },
  );

  it('can be computed by anyone from the published rule', () => {
    const traceId = releaseTraceId('https://github.com/acme/todo', commit);
    const spanId = releaseSpanId(traceId, 'promote', environmentKey('dev', digest));

    expect(traceId).toBe(sha256(`delivery-trace/v1\nhttps://github.com/acme/todo\n${commit}`).slice(0, 32));
    expect(spanId).toBe(sha256(`${traceId}\npromote\ndev\n${digest}`).slice(0, 16));
    expect(releaseSpanId(traceId, 'promote', environmentKey('prod', digest))).not.toBe(spanId);
    expect(traceparentOf(traceId, spanId)).toBe(`00-${traceId}-${spanId}-01`);
  });
});
