import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORGOTTEN, markupOf } from '../../test/fixtures.ts';
import type { FoundChange } from './find-change.ts';
import { searchContent } from './search-page.ts';

const found: FoundChange = {
  pipeline: 'todo',
  what: 'aaaaaaa feat: one (#11)',
  commit: 'a'.repeat(40),
  traceId: 'abc',
  whereabouts: [
    { environment: 'dev', tag: 'main-1', since: '2026-11-23T10:00:00Z' },
    { environment: 'staging', tag: 'main-1', since: undefined },
    { environment: 'prod', tag: undefined, since: undefined },
  ],
};
const render = async (query: string, ...changes: FoundChange[]): Promise<string> =>
  String(await searchContent(query, changes)).replaceAll(/\s+/g, ' ');

describe('a search', () => {
  it.each(['', '   '])('for nothing says what may be searched for: "%s"', async (query) => {
    expect(await render(query)).toContain('A commit, a pull request, a tag or a digest.');
  });

  it('that finds nothing repeats what was searched for, and says how far it looks', async () => {
    const text = await render('main-9');

    expect(text).toContain('No match for <strong>main-9</strong>');
    expect(text).toContain('the last hundred before each release');
  });

  it('says of every environment whether the change is there, and since when where that is known', async () => {
    const text = await render('#11', found);

    expect(text).toContain('<strong>dev</strong> runs it with main-1, since <time');
    expect(text).toContain('<strong>staging</strong> runs it with main-1 </li>');
    expect(text).toContain('<strong>prod</strong> not yet');
    expect([text.split('class="there"').length - 1, text.split('class="not-there"').length - 1]).toEqual([2, 1]);
  });

  it('leads to the release where one is known, and leaves no hole where none is', async () => {
    expect(await render('#11', found)).toContain('<a href="/releases/abc">aaaaaaa feat: one (#11)</a>');

    const text = await render('#11', { ...found, traceId: undefined, commit: undefined });
    expect(text).toContain('<h2 id="found-0">aaaaaaa feat: one (#11)</h2>');
    expect(text).not.toMatch(FORGOTTEN);
  });

  it('gives each of several a heading of its own', async () => {
    const text = await render('a', found, found);

    expect(text).toContain('aria-labelledby="found-1"');
    expect(text).toContain('id="found-1"');
  });

  it('is the same HTML whatever people write, and whatever they search for', async () => {
    const changeOf = (text: string): FoundChange => ({
      pipeline: text,
      what: text,
      commit: text,
      traceId: text,
      whereabouts: [{ environment: text, tag: text, since: text }],
    });
    const shapes = [markupOf(await render('text', changeOf('text'))), markupOf(await render('text'))];
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const odd = `<b>"'&${text}`;

        expect([markupOf(await render(odd, changeOf(odd))), markupOf(await render(odd))]).toEqual(shapes);
      }),
      { numRuns: 50 },
    );
  });
});
