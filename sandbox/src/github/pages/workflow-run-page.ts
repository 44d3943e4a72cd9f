import { html } from 'hono/html';
import { accountOf } from '../hub.ts';
import type { WorkflowRun } from '../world.ts';
import { type Html, layout, type PageContext } from './layout.ts';

export function workflowRunPage(context: PageContext, run: WorkflowRun): Html {
  const outcome = run.conclusion ?? run.status;
  const steps = run.job.steps.map(
    (step) =>
      html`<li>
        <span class="state ${step.conclusion ?? step.status}">${step.conclusion ?? step.status}</span> ${step.name}
      </li>`,
  );
  return layout(
    context,
    `${run.name} #${run.number}`,
    html`<h1>${run.name} #${run.number}</h1>
      <p>
        For <a href="/${run.repository}/commit/${run.headSha}"><code>${run.headSha.slice(0, 7)}</code></a> by
        ${accountOf(context.hub, run.actor).login}: ${outcome}
      </p>
      <ol class="list">
        ${steps}
      </ol>
      ${run.log ? html`<pre class="log">${run.log}</pre>` : ''}`,
  );
}
