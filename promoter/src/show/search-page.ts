import { html } from 'hono/html';
import type { FoundChange } from './find-change.ts';
import { type Html, time } from './page.ts';

function foundSection({ pipeline, what, traceId, whereabouts }: FoundChange, index: number): Html {
  return html`<section class="found" aria-labelledby="found-${index}">
    <h2 id="found-${index}">${traceId ? html`<a href="/releases/${traceId}">${what}</a>` : what}</h2>
    <p class="soft">${pipeline}</p>
    <ul class="whereabouts">
      ${whereabouts.map(
        ({ environment, tag, since }) =>
          html`<li class="${tag === undefined ? 'not-there' : 'there'}">
            <span aria-hidden="true">${tag === undefined ? '…' : '✓'}</span> <strong>${environment}</strong>
            ${tag === undefined ? 'not yet' : html`runs it with ${tag}${since ? html`, since ${time(since)}` : ''}`}
          </li>`,
      )}
    </ul>
  </section>`;
}

export function searchContent(query: string, found: readonly FoundChange[]): Html {
  if (query.trim() === '') return html`<p class="soft">A commit, a pull request, a tag or a digest.</p>`;
  if (found.length === 0)
    return html`<p>No match for <strong>${query}</strong> in running or recent releases.</p>
      <p class="soft">
        Commits are known as far as the last hundred before each release, pull requests by the number in a commit's
        headline or as the promotion's own.
      </p>`;
  return html`${found.map(foundSection)}`;
}
