import { html } from 'hono/html';
import { accountOf } from '../hub.ts';
import { reviewsOf } from '../operations/reviews.ts';
import { fullName, type PullRequest, type Repository } from '../world.ts';
import { diffView } from './diff-view.ts';
import { type Html, layout, type PageContext, time } from './layout.ts';
import { markdown } from './markdown.ts';

const REVIEW_WORDS = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'commented',
  DISMISSED: 'was dismissed',
};

export async function pullRequestPage(
  context: PageContext,
  repository: Repository,
  pull: PullRequest,
  problem?: string,
): Promise<Html> {
  const { hub, viewer } = context;
  const git = hub.gitOf(repository);
  // After the merge the base contains the branch, so the diff is taken against the commit before the merge.
  const base = pull.mergeCommitSha
    ? (await git.commit(pull.mergeCommitSha))?.parents[0]
    : await git.mergeBase(pull.baseSha, pull.headSha);
  const files = await git.diff(base ?? pull.baseSha, pull.headSha, { patches: true });
  const checks = hub.store.world.checkRuns.filter(
    (run) => run.repository === pull.repository && run.headSha === pull.headSha,
  );
  const state = pull.mergedAt ? 'merged' : pull.state;
  const isAuthor = pull.author === viewer;
  return layout(
    context,
    `${pull.title} #${pull.number}`,
    html`<p><a href="/${fullName(repository)}">${fullName(repository)}</a></p>
      <h1>${pull.title} <span class="soft">#${pull.number}</span></h1>
      <p>
        <span class="state ${state}">${state}</span>
        <span class="soft"
          >${accountOf(hub, pull.author).login} wants to merge <code>${pull.headRef}</code> into
          <code>${pull.baseRef}</code>, ${time(pull.createdAt)}</span
        >
      </p>
      ${problem ? html`<p class="problem" role="alert">${problem}</p>` : ''}
      <article class="body">${markdown(pull.body)}</article>
      <section>
        <h2>Checks</h2>
        ${checks.length === 0 ? html`<p class="soft">None.</p>` : ''}
        <ul class="list">
          ${checks.map((run) => html`<li><span class="state ${run.conclusion ?? run.status}">${run.conclusion ?? run.status}</span> ${run.name} <span class="soft">${run.title ?? ''}</span></li>`)}
        </ul>
      </section>
      <section>
        <h2>Reviews</h2>
        ${reviewsOf(hub, pull).length === 0 ? html`<p class="soft">None yet.</p>` : ''}
        <ul class="list">
          ${reviewsOf(hub, pull).map(
            (review) =>
              html`<li>
                <img src="/avatars/${accountOf(hub, review.author).id}.svg" alt="" width="20" height="20" />
                <strong>${review.author}</strong> ${REVIEW_WORDS[review.state]}
                <span class="soft"
                  >at
                  <code>${review.commitSha.slice(0, 7)}</code
                  >${review.commitSha === pull.headSha ? '' : ' (an older head)'}, ${time(review.submittedAt)}</span
                >
                ${review.body ? html`<p>${review.body}</p>` : ''}
              </li>`,
          )}
        </ul>
        ${pull.state === 'open' ? reviewForm(fullName(repository), pull.number, viewer, isAuthor) : ''}
      </section>
      <section>
        <h2>Files</h2>
        ${diffView(files)}
      </section>`,
  );
}

function reviewForm(name: string, number: number, viewer: string, isAuthor: boolean): Html {
  const action = (kind: string): string => `/${name}/pull/${number}/${kind}`;
  return html`<form method="post" class="review" aria-label="Review as ${viewer}">
    <label
      >Review as <strong>${viewer}</strong
      ><textarea name="body" rows="2" placeholder="Comment (required when requesting changes)"></textarea>
    </label>
    <div class="buttons">
      <button class="approve" formaction="${action('approve')}" ${isAuthor ? 'disabled' : ''}>Approve</button>
      <button class="reject" formaction="${action('request-changes')}" ${isAuthor ? 'disabled' : ''}>
        Request changes
      </button>
      <button formaction="${action('comment')}">Comment</button>
      <span class="gap"></span>
      <button formaction="${action('merge')}">Merge</button>
      <button formaction="${action('close')}">Close</button>
    </div>
  </form>`;
}
