// The board as HTML. Complete without scripts; with them it is replaced whenever something changed.
import { html } from 'hono/html';
import { type ConfigProblem, whereIs } from '../decide/config-problem.ts';
import type { BoardView, EnvironmentView, PipelineView } from './board.ts';
import { type Html, time } from './page.ts';

const WORDS: Record<EnvironmentView['decision'], string> = {
  promote: 'promoting',
  propose: 'opening a pull request',
  update: 'updating the pull request',
  describe: 'waits',
  merge: 'merging',
  dequeue: 'leaving the merge queue',
  close: 'closing the pull request',
  'roll back': 'rolling back',
  hold: 'waits',
  'up to date': 'up to date',
};

function rollout(view: EnvironmentView): Html {
  const { state } = view.rollout;
  const detail = 'reason' in view.rollout ? view.rollout.reason : '';
  const since = 'since' in view.rollout && view.rollout.since ? html` since ${time(view.rollout.since)}` : '';
  return html`<p class="rollout ${state}">
    <span class="dot" aria-hidden="true"></span
    >${state}${since}${detail ? html`<span class="soft">: ${detail}</span>` : ''}
  </p>`;
}

function environmentCard(view: EnvironmentView): Html {
  const waits = view.decision === 'hold' || view.decision === 'describe';
  return html`<li class="environment ${view.rollout.state}">
    <h3>${view.name}</h3>
    ${
      view.runs
        ? html`<p class="runs">
              ${view.traceId ? html`<a class="tag" href="/releases/${view.traceId}">${view.runs.tag}</a>` : html`<strong>${view.runs.tag}</strong>`}<code
                title="${view.runs.digest}"
                >${view.runs.digest.slice(0, 19)}…</code
              >
            </p>
            ${rollout(view)}
            ${view.since ? html`<p class="soft">promoted ${view.commitUrl ? html`<a href="${view.commitUrl}">${time(view.since)}</a>` : time(view.since)}</p>` : html`<p class="soft">put here by hand</p>`}`
        : html`<p class="runs soft">nothing released yet</p>`
    }
    <div class="next ${waits ? 'waits' : ''}">
      <p>
        ${view.next ? html`<span class="soft">next</span> <strong>${view.next.tag}</strong> ` : ''}
        ${view.pullRequest ? html`<a href="${view.pullRequest.url}">#${view.pullRequest.number}</a> ` : ''}
        <span class="badge">${WORDS[view.decision]}</span>
      </p>
      ${
        view.gates.length > 0
          ? html`<ul class="gates">
              ${view.gates.map(
                (gate) =>
                  html`<li class="${gate.isMet ? 'met' : 'open'}">
                    <span aria-hidden="true">${gate.isMet ? '✓' : '…'}</span
                    ><span><strong>${gate.name}</strong> ${gate.text}</span>
                  </li>`,
              )}
            </ul>`
          : html`<p class="soft">${view.reason}</p>`
      }
    </div>
  </li>`;
}

function pipelineSection(view: PipelineView): Html {
  return html`<section class="pipeline" aria-labelledby="pipeline-${view.name}">
    <h2 id="pipeline-${view.name}">${view.name}</h2>
    <p class="soft">
      <code>${view.image}</code>
      ${view.sourceUrl ? html` built from <a href="${view.sourceUrl}">${view.source}</a>` : ''}
    </p>
    <ol class="environments">
      ${view.environments.map(environmentCard)}
    </ol>
  </section>`;
}

function stops({ pipeline, freezesAll }: ConfigProblem): string {
  if (freezesAll) return `freezes everything${freezesAll.until ? ` until ${freezesAll.until}` : ''}`;
  return pipeline ? `stops pipeline ${pipeline}` : 'stops every pipeline of this file';
}

/** What changes; also sent over the event stream. */
export function boardContent(board: BoardView): Html {
  return html`${
      board.access.length > 0
        ? html`<section class="problems" role="alert">
            <h2>GitHub</h2>
            <ul>
              ${board.access.map(({ what, whatToDo, since }) => html`<li>${what} <span class="soft">since ${time(since)}.</span> What to do: ${whatToDo}.</li>`)}
            </ul>
          </section>`
        : ''
    }
    ${
      board.problems.length > 0
        ? html`<section class="problems" role="alert">
            <h2>Configuration problems</h2>
            <ul>
              ${board.problems.map(
                (problem) =>
                  html`<li>
                    <code>${whereIs(problem)}</code> ${problem.reason} <span class="soft">(${stops(problem)})</span>
                  </li>`,
              )}
            </ul>
          </section>`
        : ''
    }
    ${board.clusterProblem ? html`<p class="problems" role="alert">Rollouts are unknown: ${board.clusterProblem}</p>` : ''}
    ${
      board.bounds.length > 0
        ? html`<section class="problems">
            <h2>Bounds</h2>
            <ul>
              ${board.bounds.map(({ bound, what, at }) => html`<li><code>${bound}</code> ${what} <span class="soft">${time(at)}</span></li>`)}
            </ul>
          </section>`
        : ''
    }
    ${board.head === undefined && board.access[0]?.kind !== 'unreadable' ? html`<p class="soft">Reading the config repository…</p>` : ''}
    ${board.head !== undefined && board.pipelines.length === 0 && board.problems.length === 0 ? html`<p class="soft">No pipeline is declared.</p>` : ''}
    ${board.pipelines.map(pipelineSection)}
    <section aria-labelledby="activity">
      <h2 id="activity">Recent activity</h2>
      ${board.activity.length === 0 ? html`<p class="soft">Nothing since this process started.</p>` : ''}
      <ul class="activity">
        ${board.activity.map(({ at, text, url }) => html`<li>${time(at)} <span>${url ? html`<a href="${url}">${text}</a>` : text}</span></li>`)}
      </ul>
    </section>`;
}
