import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORGOTTEN, markupOf, TRACE_ID } from '../../test/fixtures.ts';
import { releaseContent, unknownRelease } from './release-page.ts';
import type { Phase, ReleaseView, SpanView } from './release-view.ts';

const START = Date.UTC(2026, 10, 23, 10);
const span: SpanView = {
  spanId: '0123456789abcdef',
  service: 'promoter',
  name: 'promote dev',
  kind: 'SERVER',
  depth: 0,
  startMs: START,
  durationMs: 1_500,
  from: 0,
  to: 1,
  error: undefined,
  isWait: false,
  attributes: [],
  links: [],
};
const phase = (title: string, ...spans: SpanView[]): Phase => ({
  title,
  startMs: START,
  durationMs: 90_000,
  isFailed: spans.some(({ error }) => error !== undefined),
  spans,
});
const bare: ReleaseView = {
  traceId: TRACE_ID,
  title: 'main-1',
  pipelines: ['todo'],
  commit: undefined,
  digest: undefined,
  startMs: START,
  durationMs: 3 * 86_400_000,
  phases: [],
  commits: [],
  people: [],
  links: [],
};
const render = async (more: Partial<ReleaseView> = {}): Promise<string> =>
  String(await releaseContent({ ...bare, ...more })).replaceAll(/\s+/g, ' ');
const renderSpan = (more: Partial<SpanView>): Promise<string> =>
  render({ phases: [phase('Build', { ...span, ...more })] });

describe("a release's page", () => {
  it('says of which pipelines it is, since when, and how long it took so far', async () => {
    const text = await render({ pipelines: ['todo', 'other'], digest: 'sha256:abc' });

    expect(text).toContain('todo, other · 3 d so far, from <time datetime="2026-11-23T10:00:00.000Z">');
    expect(text).toContain('<code>sha256:abc</code>');
    expect(text).toContain(`Trace <code>${TRACE_ID}</code>`);
  });

  it('leaves out what is not known, without a hole', async () => {
    const text = await render();

    for (const part of ['What ships', 'People', 'class="links"', '<section']) expect(text).not.toContain(part);
    expect(text).not.toMatch(FORGOTTEN);
    expect(await renderSpan({})).not.toMatch(FORGOTTEN);
  });

  it('says where the time went, phase by phase', async () => {
    const text = await render({ phases: [phase('Build', span), phase('Promotion to dev', span)] });

    expect(text).toContain('Build <strong>1 min 30 s</strong></span> → <span class="step">Promotion to dev');
    expect(text).toContain('aria-labelledby="phase-1"');
  });

  it('lists what ships, who took part, and where more is', async () => {
    const text = await render({
      commits: [
        { sha: 'a'.repeat(40), headline: 'feat: one', author: 'dana', url: 'https://commit/a' },
        { sha: 'b'.repeat(40), headline: 'fix: two', author: undefined, url: 'https://commit/b' },
      ],
      people: ['dana pushed', 'rene approved'],
      links: [{ title: 'Trace', url: 'https://tempo/1' }],
    });

    expect(text).toContain(
      '<a href="https://commit/a"><code>aaaaaaa</code></a> feat: one <span class="soft">dana</span>',
    );
    expect(text).toContain('fix: two </li>');
    expect(text).toContain('dana pushed, rene approved');
    expect(text).toContain('<a href="https://tempo/1">Trace</a>');
    expect(text).not.toMatch(FORGOTTEN);
  });
});

describe('a span', () => {
  it('says what took how long, when it began, and all its attributes', async () => {
    const text = await renderSpan({
      attributes: [['deployment.environment.name', 'dev']],
      links: [{ traceId: 'other', spanId: '1' }],
    });

    expect(text).toContain('<span class="service">promoter</span> promote dev');
    expect(text).toContain('<span class="took">1.5 s</span>');
    expect(text).toContain('<th scope="row">deployment.environment.name</th> <td>dev</td>');
    expect(text).toContain('<a href="/releases/other">other</a>');
    expect(text).toContain('<code>0123456789abcdef</code> SERVER');
  });

  it('that failed says why, and so does its phase', async () => {
    const text = await renderSpan({ error: 'crash loop' });

    expect(text).toContain('<p class="failed">crash loop</p>');
    expect(text).toContain('class="phase has-failed"');
  });

  it.each<[string, number, number, string]>([
    ['all of its phase', 0, 1, 'x="0" width="1000"'],
    ['the middle', 0.25, 0.75, 'x="250" width="500"'],
    ['no time, and stays visible', 0.5, 0.5, 'x="500" width="6"'],
    ['no time at the end, and stays inside', 1, 1, 'x="994" width="6"'],
  ])('is drawn where it took %s', async (_case, from, to, bar) => {
    expect(await renderSpan({ from, to })).toContain(bar);
  });

  it.each<[string, Partial<SpanView>]>([
    ['server', {}],
    ['internal', { kind: 'INTERNAL' }],
    ['wait', { isWait: true, kind: 'INTERNAL' }],
    ['failed', { isWait: true, error: 'no' }],
  ])('is drawn as %s', async (style, more) => {
    expect(await renderSpan(more)).toContain(`<rect class="${style}"`);
  });

  it('is indented only so far', async () => {
    expect(await renderSpan({ depth: 2 })).toContain('depth-2');
    expect(await renderSpan({ depth: 40 })).toContain('depth-6');
  });
});

describe('a release that nothing is known of', () => {
  it('has a page that says so', async () => {
    expect(String(await unknownRelease(TRACE_ID))).toContain(
      `Nothing is known here of trace <code>${TRACE_ID}</code>.`,
    );
  });
});

it('the page is the same HTML whatever people write', async () => {
  const viewWith = (text: string): Partial<ReleaseView> => ({
    traceId: text,
    pipelines: [text],
    digest: text,
    phases: [
      phase(text, {
        ...span,
        spanId: text,
        service: text,
        name: text,
        error: text,
        attributes: [[text, text]],
        links: [{ traceId: text, spanId: text }],
      }),
    ],
    commits: [{ sha: text, headline: text, author: text, url: text }],
    people: [text],
    links: [{ title: text, url: text }],
  });
  const shape = markupOf(await render(viewWith('text')));
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      const odd = `<b>"'&${text}`;

      expect(markupOf(await render(viewWith(odd)))).toBe(shape);
      expect(String(await unknownRelease(odd))).not.toContain('<b>');
    }),
    { numRuns: 50 },
  );
});
