// One release: its timeline, what ships, who took part. Complete without scripts; details open with a key or a click.
import { html } from 'hono/html';
import { describeDuration } from '../decide/duration.ts';
import { type Html, timeOf } from './page.ts';
import type { Phase, ReleaseView, SpanView } from './release-view.ts';

const BAR_UNITS = 1_000;
/** What took no time is still visible. */
const MIN_UNITS = 6;
const MAX_DEPTH = 6;

function bar({ from, to, error, isWait, kind }: SpanView): Html {
  const x = Math.min(Math.round(from * BAR_UNITS), BAR_UNITS - MIN_UNITS);
  const width = Math.max(Math.round((to - from) * BAR_UNITS), MIN_UNITS);
  const style = error !== undefined ? 'failed' : isWait ? 'wait' : kind.toLowerCase();
  return html`<svg class="bar" viewBox="0 0 ${BAR_UNITS} 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="${style}" x="${x}" width="${Math.min(width, BAR_UNITS - x)}" height="10"></rect>
  </svg>`;
}

function spanRow(span: SpanView): Html {
  return html`<li class="span depth-${Math.min(span.depth, MAX_DEPTH)}">
    <details>
      <summary>
        <span class="what"><span class="service">${span.service}</span> ${span.name}</span>
        <span class="took">${describeDuration(span.durationMs)}</span>
        ${bar(span)}
      </summary>
      ${span.error === undefined ? '' : html`<p class="failed">${span.error}</p>`}
      <table>
        <tbody>
          <tr>
            <th scope="row">began</th>
            <td>${timeOf(span.startMs)}</td>
          </tr>
          ${span.attributes.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${value}</td>
              </tr>`,
          )}
          <tr>
            <th scope="row">span</th>
            <td><code>${span.spanId}</code> ${span.kind}</td>
          </tr>
          ${span.links.map(
            ({ traceId }) =>
              html`<tr>
                <th scope="row">linked to</th>
                <td><a href="/releases/${traceId}">${traceId}</a></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </li>`;
}

function phaseSection(phase: Phase, index: number): Html {
  return html`<section class="phase ${phase.isFailed ? 'has-failed' : ''}" aria-labelledby="phase-${index}">
    <h2 id="phase-${index}">${phase.title} <span class="took">${describeDuration(phase.durationMs)}</span></h2>
    <p class="soft">from ${timeOf(phase.startMs)}</p>
    <ol class="spans">
      ${phase.spans.map(spanRow)}
    </ol>
  </section>`;
}

export function releaseContent(view: ReleaseView): Html {
  return html`<p class="soft">
      ${view.pipelines.join(', ')} · ${describeDuration(view.durationMs)} so far, from ${timeOf(view.startMs)}
      ${view.digest ? html`· <code>${view.digest}</code>` : ''}
    </p>
    ${
      view.links.length > 0
        ? html`<ul class="links">
            ${view.links.map(({ title, url }) => html`<li><a href="${url}">${title}</a></li>`)}
          </ul>`
        : ''
    }
    <p class="overview">${overview(view.phases)}</p>
    ${view.phases.map(phaseSection)}
    ${
      view.commits.length > 0
        ? html`<section aria-labelledby="commits">
            <h2 id="commits">What ships</h2>
            <ul class="commits">
              ${view.commits.map(
                ({ sha, headline, author, url }) =>
                  html`<li>
                    <a href="${url}"><code>${sha.slice(0, 7)}</code></a> ${headline}
                    ${author === undefined ? '' : html`<span class="soft">${author}</span>`}
                  </li>`,
              )}
            </ul>
          </section>`
        : ''
    }
    ${
      view.people.length > 0
        ? html`<section aria-labelledby="people">
            <h2 id="people">People</h2>
            <p>${view.people.join(', ')}</p>
          </section>`
        : ''
    }
    <p class="soft">Trace <code>${view.traceId}</code></p>`;
}

/** Where the time went, in a sentence. */
function overview(phases: readonly Phase[]): Html {
  return html`${phases.map(({ title, durationMs }, index) => html`${index > 0 ? ' → ' : ''}<span class="step">${title} <strong>${describeDuration(durationMs)}</strong></span>`)}`;
}

/** For a trace that this process knows nothing of. */
export function unknownRelease(traceId: string): Html {
  return html`<p>Nothing is known here of trace <code>${traceId}</code>.</p>
    <p class="soft">
      This page covers releases recorded since the process started, and those that run now. Tempo has the rest.
    </p>`;
}
