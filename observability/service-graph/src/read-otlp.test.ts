import { describe, expect, it } from 'vitest';
import { OtlpError, readOtlp, readOtlpRequest } from './read-otlp.ts';

const request = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'todo' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '5B8EFFF798038103D269B633813FC60C',
              spanId: 'eee19b7ec3c1b174',
              parentSpanId: '',
              name: 'GET /todos',
              kind: 2,
              startTimeUnixNano: '1544712660000000500',
              endTimeUnixNano: '1544712661000000000',
              attributes: [
                { key: 'http.response.status_code', value: { intValue: '500' } },
                { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }, { boolValue: true }] } } },
              ],
              status: { code: 2 },
              flags: 257,
            },
          ],
        },
      ],
    },
  ],
};
const [span] = request.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];

describe('OTLP as JSON', () => {
  it('is read into spans with the attributes of their resource', () => {
    expect(readOtlpRequest(request)).toEqual([
      {
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: undefined,
        name: 'GET /todos',
        kind: 'SERVER',
        startMs: 1544712660000.0005,
        endMs: 1544712661000,
        isError: true,
        attributes: { 'http.response.status_code': 500, tags: ['a', true] },
        service: 'todo',
        resource: { 'service.name': 'todo' },
        links: [],
      },
    ]);
  });

  it('may be one request per line, with or without the time it was received', () => {
    const text = `${JSON.stringify(request)}\n\n${JSON.stringify({ ...request, receivedAt: '2026-11-23T10:00:00Z' })}\n`;

    expect(readOtlp(text).map(({ receivedMs }) => receivedMs)).toEqual([1544712661000, Date.UTC(2026, 10, 23, 10)]);
  });

  it('may be a single request that spans several lines', () => {
    expect(readOtlp(JSON.stringify(request, undefined, 2))).toHaveLength(1);
  });

  it.each([
    ['{"resourceSpans":[]}\nnonsense', /line 2: not JSON/],
    [
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, traceId: 'ab' }] }] }] }),
      /resourceSpans\.0\.scopeSpans\.0\.spans\.0\.traceId: expected 32 hex digits/,
    ],
    ['{}', /resourceSpans/],
  ])('is refused with the line and the field: %s', (text, message) => {
    expect(() => readOtlp(text)).toThrow(OtlpError);
    expect(() => readOtlp(text)).toThrow(message);
  });
});
