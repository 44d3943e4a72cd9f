import { html } from 'hono/html';
import { type Commit, splitMessage } from '../../git/git-object.ts';
import { fullName, type Repository } from '../world.ts';
import { diffView } from './diff-view.ts';
import { type Html, layout, type PageContext, time } from './layout.ts';

export async function commitPage(context: PageContext, repository: Repository, commit: Commit): Promise<Html> {
  const name = fullName(repository);
  const { headline, body } = splitMessage(commit.message);
  const parent = commit.parents[0];
  const files = parent ? await context.hub.gitOf(repository).diff(parent, commit.oid, { patches: true }) : [];
  return layout(
    context,
    headline,
    html`<p><a href="/${name}">${name}</a></p>
      <h1>${headline}</h1>
      <p class="soft"><code>${commit.oid}</code> by ${commit.author.name}, ${time(commit.committer.date)}</p>
      ${body ? html`<pre class="message">${body}</pre>` : ''}
      ${parent ? diffView(files) : html`<p class="soft">The first commit.</p>`}`,
  );
}
