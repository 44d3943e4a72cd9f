import { html } from 'hono/html';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_URL, FORGOTTEN, markupOf } from '../../test/fixtures.ts';
import { page, type PageSettings, time, timeOf } from './page.ts';

const settings: PageSettings = {
  title: 'Promotions',
  nonce: 'abc',
  configUrl: CONFIG_URL,
  events: '/events',
  query: 'main-1',
  content: html`<p>content</p>`,
};
const render = async (more: Partial<PageSettings> = {}): Promise<string> =>
  String(await page({ ...settings, ...more }));

describe('a time', () => {
  it.each([
    ['2026-11-23T10:00:00Z', '2026-11-23 10:00:00 UTC'],
    ['2026-11-23T10:00:00.123Z', '2026-11-23 10:00:00 UTC'],
    ['2026-11-23T12:00:00+02:00', '2026-11-23 12:00:00+02:00'],
  ])('%s is written %s, and kept for machines', async (iso, text) => {
    expect(String(await time(iso))).toBe(`<time datetime="${iso}">${text}</time>`);
  });

  it('that is finer than a millisecond is rounded', async () => {
    expect(String(await timeOf(1_000.6))).toContain('datetime="1970-01-01T00:00:01.001Z"');
  });
});

describe('a page', () => {
  it('has its title, its content, and a script only with the nonce of the answer', async () => {
    const text = await render();

    expect(text).toContain('<title>Promotions</title>');
    expect(text).toContain('<h1>Promotions</h1>');
    expect(text).toContain('<p>content</p>');
    expect(
      text
        .split('<script')
        .slice(1)
        .every((script) => script.includes('nonce="abc"')),
    ).toBe(true);
  });

  it('streams its content where it changes, and is complete where it does not', async () => {
    expect(await render()).toContain('sse-connect="/events"');
    expect(await render({ events: undefined })).toContain('<main><p>content</p></main>');
  });

  it('keeps what was searched for, and leads to the config repository once that is known', async () => {
    const { query: _query, ...unasked } = settings;

    expect(await render()).toContain('value="main-1"');
    expect(String(await page(unasked))).toContain('value=""');
    expect(await render()).toContain(`href="${CONFIG_URL}"`);
    expect(await render({ configUrl: undefined })).not.toContain('config repository');
    expect(await render({ configUrl: undefined, nonce: undefined, events: undefined })).not.toMatch(FORGOTTEN);
  });

  it('is the same HTML whatever people write', async () => {
    const shape = markupOf(await render());
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const odd = `<b>"'&${text}`;

        expect(markupOf(await render({ title: odd, query: odd, nonce: odd, configUrl: odd, events: odd }))).toBe(shape);
      }),
      { numRuns: 50 },
    );
  });
});
