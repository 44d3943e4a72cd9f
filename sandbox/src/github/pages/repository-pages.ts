import { html } from 'hono/html';
import { splitMessage } from '../../git/git-object.ts';
import { cloneUrl } from '../callers.ts';
import { PEOPLE } from '../people.ts';
import { fullName, type PullRequest, type Repository } from '../world.ts';
import { type Html, layout, type PageContext, time } from './layout.ts';

const RECENT_COMMITS = 30;

export function homePage(context: PageContext): Html {
  const { world } = context.hub.store;
  const open = world.pullRequests.filter(({ state }) => state === 'open').reverse();
  return layout(
    context,
    'Repositories',
    html`<h1>acme</h1>
      <section>
        <h2>Open pull requests</h2>
        ${
          open.length === 0
            ? html`<p class="soft">None.</p>`
            : html`<ul class="list">
                ${open.map(pullRow)}
              </ul>`
        }
      </section>
      <section>
        <h2>Repositories</h2>
        <ul class="list">
          ${world.repositories.map(
            (repository) =>
              html`<li>
                <a href="/${fullName(repository)}">${fullName(repository)}</a>
                <span class="soft">${repository.description}</span>
              </li>`,
          )}
        </ul>
      </section>
      <section>
        <h2>People</h2>
        <ul class="list">
          ${PEOPLE.map(({ login, role }) => html`<li><strong>${login}</strong> <span class="soft">${role}</span></li>`)}
        </ul>
      </section>`,
  );
}

function pullRow(pull: PullRequest): Html {
  const state = pull.mergedAt ? 'merged' : pull.state;
  return html`<li>
    <span class="state ${state}">${state}</span>
    <a href="/${pull.repository}/pull/${pull.number}">${pull.title}</a>
    <span class="soft">#${pull.number} in ${pull.repository} by ${pull.author}, ${time(pull.createdAt)}</span>
  </li>`;
}

export async function repositoryPage(context: PageContext, repository: Repository): Promise<Html> {
  const { hub } = context;
  const name = fullName(repository);
  const commits = await hub.gitOf(repository).log(repository.defaultBranch, RECENT_COMMITS);
  const pulls = hub.store.world.pullRequests.filter((pull) => pull.repository === name).reverse();
  const runs = hub.store.world.workflowRuns
    .filter((run) => run.repository === name)
    .reverse()
    .slice(0, 10);
  return layout(
    context,
    name,
    html`<h1>${name}</h1>
      <p class="soft">${repository.description}</p>
      <p>Clone it, change it, push to <code>main</code>:</p>
      <pre class="command" tabindex="0">
git clone ${cloneUrl(hub.links.repositoryPage(repository), context.viewer)}</pre>
      ${
        pulls.length > 0
          ? html`<section>
              <h2>Pull requests</h2>
              <ul class="list">
                ${pulls.map(pullRow)}
              </ul>
            </section>`
          : ''
      }
      ${
        runs.length > 0
          ? html`<section>
              <h2>Workflow runs</h2>
              <ul class="list">
                ${runs.map(
                  (run) =>
                    html`<li>
                      <span class="state ${run.conclusion ?? run.status}">${run.conclusion ?? run.status}</span>
                      <a href="/${name}/actions/runs/${run.id}">${run.name} #${run.number}</a>
                      <span class="soft"
                        ><code>${run.headSha.slice(0, 7)}</code> by ${run.actor}, ${time(run.createdAt)}</span
                      >
                    </li>`,
                )}
              </ul>
            </section>`
          : ''
      }
      <section>
        <h2>Commits on ${repository.defaultBranch}</h2>
        <ul class="list">
          ${commits.map(
            (commit) =>
              html`<li>
                <a href="/${name}/commit/${commit.oid}">${splitMessage(commit.message).headline}</a>
                <span class="soft"
                  ><code>${commit.oid.slice(0, 7)}</code> ${commit.author.name}, ${time(commit.committer.date)}</span
                >
              </li>`,
          )}
        </ul>
      </section>`,
  );
}
