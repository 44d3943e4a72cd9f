import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { normaliseRepositoryUrl, releaseSpanId, releaseTraceId, traceparent } from './release-ids.ts';

const commit = 'c'.repeat(40);

describe('the ids of a release', () => {
  it.each(['https://github.com/acme/todo', 'https://github.com/Acme/Todo.git', 'http://github.com/acme/todo/'])(
    'are the same for every spelling of the repository: %s',
    (url) => {
      expect(normaliseRepositoryUrl(url)).toBe('https://github.com/acme/todo');
    },
  );

  it('are those that anybody computes from the published rule', () => {
    const expected = createHash('sha256')
      .update(`delivery-trace/v1\nhttps://github.com/acme/todo\n${commit}`)
      .digest('hex')
      .slice(0, 32);
    const traceId = releaseTraceId('https://github.com/acme/todo', commit);

    expect(traceId).toBe(expected);
    expect(releaseSpanId(traceId, 'promote', 'todo/dev')).not.toBe(releaseSpanId(traceId, 'promote', 'todo/prod'));
    expect(traceparent('https://github.com/acme/todo', commit, 'promote', 'todo/dev')).toMatch(
      new RegExp(`^00-${expected}-[0-9a-f]{16}-01$`),
    );
  });
});
