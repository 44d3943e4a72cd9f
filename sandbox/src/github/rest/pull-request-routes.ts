// Pull requests, reviews, comments, labels.
import { Hono } from 'hono';
import { z } from 'zod';
import { notFound, validationFailed } from '../errors.ts';
import { accountOf, type Hub, now } from '../hub.ts';
import { editPullRequest, findPullRequest, mergePullRequest, openPullRequest } from '../operations/pull-requests.ts';
import { dismissReview, findReview, reviewsOf, submitReview } from '../operations/reviews.ts';
import { routeRepository } from '../route-repository.ts';
import { simpleUser } from '../shapes/account.ts';
import { fileShape } from '../shapes/diff.ts';
import { nodeId } from '../shapes/links.ts';
import { labelShape, pullRequestShape, pullRequestSimple, reviewShape } from '../shapes/pull-request.ts';
import { type Comment, fullName, type Repository } from '../world.ts';
import { body, type Env, number, page, writable } from './request.ts';

const NewPullRequest = z.object({
  title: z.string().min(1),
  body: z.string().nullish(),
  head: z.string(),
  base: z.string(),
});
const PullRequestPatch = z.object({
  title: z.string().optional(),
  body: z.string().optional(),
  state: z.enum(['open', 'closed']).optional(),
});
const Merge = z.object({
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
});
const NewReview = z.object({
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']),
  body: z.string().default(''),
  commit_id: z.string().optional(),
});
const Reviewers = z.object({ reviewers: z.array(z.string()).default([]) });
const Text = z.object({ body: z.string().min(1) });
const Labels = z.object({ labels: z.array(z.string()) });

export function pullRequestRoutes(hub: Hub): Hono<Env> {
  const commentShape = (found: Repository, comment: Comment) => ({
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${hub.links.repositoryApi(found)}/issues/comments/${comment.id}`,
    html_url: `${hub.links.repositoryPage(found)}/pull/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${hub.links.repositoryApi(found)}/issues/${comment.number}`,
    body: comment.body,
    user: simpleUser(hub.links, accountOf(hub, comment.author)),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: 'NONE',
  });

  return new Hono<Env>()
    .get('/repos/:owner/:repo/pulls', (c) => {
      const found = routeRepository(hub, c);
      const state = c.req.query('state') ?? 'open';
      const head = c.req.query('head')?.split(':').at(-1);
      const base = c.req.query('base');
      const pulls = hub.store.world.pullRequests.filter(
        (pull) =>
          pull.repository === fullName(found) &&
          (state === 'all' || pull.state === state) &&
          (!head || pull.headRef === head) &&
          (!base || pull.baseRef === base),
      );
      return c.json(page(c, pulls.reverse()).map((pull) => pullRequestSimple(hub, pull)));
    })
    .post('/repos/:owner/:repo/pulls', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'pull_requests');
      const request = await body(c, NewPullRequest);
      const pull = await hub.exclusively(found, () =>
        openPullRequest(hub, found, actor, { ...request, body: request.body ?? undefined }),
      );
      return c.json(await pullRequestShape(hub, pull), 201);
    })
    .get('/repos/:owner/:repo/pulls/:number', async (c) => {
      const found = routeRepository(hub, c);
      return c.json(await pullRequestShape(hub, findPullRequest(hub, found, number(c, 'number'))));
    })
    .patch('/repos/:owner/:repo/pulls/:number', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'pull_requests');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const edit = await body(c, PullRequestPatch);
      await hub.exclusively(found, () =>
        editPullRequest(hub, pull, actor, { title: edit.title, body: edit.body, state: edit.state }),
      );
      return c.json(await pullRequestShape(hub, pull));
    })
    .get('/repos/:owner/:repo/pulls/:number/files', async (c) => {
      const found = routeRepository(hub, c);
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const git = hub.gitOf(found);
      const base = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
      const files = await git.diff(base, pull.headSha, { patches: true });
      return c.json(page(c, files).map((file) => fileShape(hub, found, pull.headSha, file)));
    })
    .get('/repos/:owner/:repo/pulls/:number/merge', (c) => {
      if (!findPullRequest(hub, routeRepository(hub, c), number(c, 'number')).mergedAt) throw notFound();
      return c.body(null, 204);
    })
    .put('/repos/:owner/:repo/pulls/:number/merge', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'contents');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const request = await body(c, Merge);
      const method = request.merge_method;
      const sha = await hub.exclusively(found, () =>
        mergePullRequest(hub, found, pull, actor, {
          sha: request.sha,
          method,
          title: request.commit_title,
          message: request.commit_message,
        }),
      );
      return c.json({ sha, merged: true, message: 'Pull Request successfully merged' });
    })
    .get('/repos/:owner/:repo/pulls/:number/reviews', (c) => {
      const pull = findPullRequest(hub, routeRepository(hub, c), number(c, 'number'));
      return c.json(page(c, reviewsOf(hub, pull)).map((review) => reviewShape(hub, review)));
    })
    .post('/repos/:owner/:repo/pulls/:number/reviews', async (c) => {
      const found = routeRepository(hub, c);
      const caller = c.get('caller');
      // Everybody who can read may review; whether the review counts is another matter.
      const author = caller.kind === 'person' ? caller.account : writable(hub, c, 'pull_requests').actor;
      const request = await body(c, NewReview);
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const review = submitReview(hub, found, pull, author, {
        event: request.event,
        body: request.body,
        commitSha: request.commit_id,
      });
      return c.json(reviewShape(hub, review));
    })
    .get('/repos/:owner/:repo/pulls/:number/reviews/:review', (c) => {
      const review = findReview(hub, routeRepository(hub, c), number(c, 'number'), number(c, 'review'));
      if (!review) throw notFound();
      return c.json(reviewShape(hub, review));
    })
    .put('/repos/:owner/:repo/pulls/:number/reviews/:review/dismissals', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'pull_requests');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const review = findReview(hub, found, pull.number, number(c, 'review'));
      if (!review) throw notFound();
      dismissReview(hub, found, pull, review, actor, (await body(c, z.object({ message: z.string() }))).message);
      return c.json(reviewShape(hub, review));
    })
    .post('/repos/:owner/:repo/pulls/:number/requested_reviewers', async (c) => {
      const { repository: found } = writable(hub, c, 'pull_requests');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const { reviewers } = await body(c, Reviewers);
      if (reviewers.includes(pull.author))
        throw validationFailed(['Review cannot be requested from pull request author.']);
      pull.requestedReviewers = [...new Set([...pull.requestedReviewers, ...reviewers])];
      hub.store.save();
      return c.json(pullRequestSimple(hub, pull), 201);
    })
    .get('/repos/:owner/:repo/issues/:number/comments', (c) => {
      const found = routeRepository(hub, c);
      const wanted = number(c, 'number');
      const comments = hub.store.world.comments.filter(
        (comment) => comment.repository === fullName(found) && comment.number === wanted,
      );
      return c.json(page(c, comments).map((comment) => commentShape(found, comment)));
    })
    .post('/repos/:owner/:repo/issues/:number/comments', async (c) => {
      const { repository: found, actor } = writable(hub, c, 'pull_requests');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const at = now(hub);
      const text = (await body(c, Text)).body;
      const comment = {
        id: hub.store.newId(),
        repository: fullName(found),
        number: pull.number,
        author: actor.login,
        body: text,
        createdAt: at,
        updatedAt: at,
      };
      hub.store.world.comments.push(comment);
      hub.store.save();
      return c.json(commentShape(found, comment), 201);
    })
    .patch('/repos/:owner/:repo/issues/comments/:comment', async (c) => {
      const { repository: found } = writable(hub, c, 'pull_requests');
      const id = number(c, 'comment');
      const comment = hub.store.world.comments.find(
        (candidate) => candidate.id === id && candidate.repository === fullName(found),
      );
      if (!comment) throw notFound();
      Object.assign(comment, { body: (await body(c, Text)).body, updatedAt: now(hub) });
      hub.store.save();
      return c.json(commentShape(found, comment));
    })
    .post('/repos/:owner/:repo/issues/:number/labels', async (c) => {
      const { repository: found } = writable(hub, c, 'pull_requests');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      pull.labels = [...new Set([...pull.labels, ...(await body(c, Labels)).labels])];
      hub.store.save();
      return c.json(pull.labels.map((name) => labelShape(hub, found, name)));
    })
    .delete('/repos/:owner/:repo/issues/:number/labels/:name', (c) => {
      const { repository: found } = writable(hub, c, 'pull_requests');
      const pull = findPullRequest(hub, found, number(c, 'number'));
      const name = decodeURIComponent(c.req.param('name'));
      if (!pull.labels.includes(name)) throw notFound('Label does not exist');
      pull.labels = pull.labels.filter((label) => label !== name);
      hub.store.save();
      return c.json(pull.labels.map((label) => labelShape(hub, found, label)));
    });
}
