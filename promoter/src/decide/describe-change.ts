// What people read: branch, commit message, pull request. All of it follows from the decision alone.
import { commitOf, type Lineage, shippedCommits } from './lineage.ts';
import type { Gate } from './promotion.ts';
import type { Release } from './release.ts';

export const BRANCH_PREFIX = 'promote/';
export const branchName = (pipeline: string, environment: string): string =>
  `${BRANCH_PREFIX}${pipeline}/${environment}`;

/** The subject of a promotion commit and the title of its pull request. */
export function subject(pipeline: string, environment: string, release: Release): string {
  return `promote(${pipeline}): ${environment} to ${release.tag}`;
}

export function rollbackSubject(pipeline: string, environment: string, release: Release): string {
  return `rollback(${pipeline}): ${environment} to ${release.tag}`;
}

const WITHDRAWN = 'Withdrawn by the promoter: ';

export function withdrawnBody(body: string, reason: string): string {
  return `${body.trimEnd()}\n\n${WITHDRAWN}${reason}.\n`;
}

const REFUSED = '## Refused';

/** The text with what was refused, in place of what was refused before. */
export function refusedBody(body: string, reason: string): string {
  // A browser that edits the text sends it back with line breaks of its own.
  const [text = ''] = body.split(new RegExp(`\\r?\\n${REFUSED}\\r?\\n`), 1);
  return `${text.trimEnd()}\n\n${REFUSED}\n\n${escapeMarkdown(reason)}\n`;
}

export interface PullRequestText {
  pipeline: string;
  environment: string;
  release: Release;
  from: Release | undefined;
  gates: readonly Gate[];
  lineage: Lineage | undefined;
}

const MAX_COMMITS_SHOWN = 30;

/** What a commit's headline could do to the Markdown around it. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|@-]/g, String.raw`\$&`);
}

/** Git sets no bound to a headline, and GitHub one of 65,536 characters to the whole text. */
const MAX_HEADLINE = 100;
const shorten = (headline: string): string =>
  headline.length > MAX_HEADLINE ? `${headline.slice(0, MAX_HEADLINE - 1)}…` : headline;

function shipsText({ release, from, lineage }: PullRequestText): string[] {
  const commits = shippedCommits(lineage, release, from);
  if (!lineage || commits.length === 0) return [];
  const shown = commits.slice(0, MAX_COMMITS_SHOWN);
  const lines = shown.map(
    ({ sha, headline, author }) =>
      `- [\`${sha.slice(0, 7)}\`](${lineage.url}/commit/${sha}) ${escapeMarkdown(shorten(headline))}${author ? ` (${author})` : ''}`,
  );
  const more = commits.length - shown.length;
  return ['', '## What ships', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])];
}

export function pullRequestBody(text: PullRequestText): string {
  const { pipeline, environment, release, from, gates, lineage } = text;
  const known = commitOf(lineage, release.commit);
  const commit = known?.sha ?? release.commit;
  const source =
    lineage && commit
      ? `[\`${commit.slice(0, 7)}\`](${lineage.url}/commit/${commit})`
      : commit
        ? `\`${commit}\``
        : 'not known';
  const replaced = from ? `\`${from.tag}\`` : 'nothing: this is the first release here';
  return [
    `Promotes **${pipeline}** to **${environment}**.`,
    '',
    `| Release | \`${release.tag}\` |`,
    '| --- | --- |',
    `| Digest | \`${release.digest}\` |`,
    `| Commit | ${source} |`,
    `| Replaces | ${replaced} |`,
    // Times that pass would change the text all the time: the page behind the link has them.
    ...(known?.releaseUrl ? [`| Timeline | [since ${known.committedAt}](${known.releaseUrl}) |`] : []),
    ...shipsText(text),
    '',
    '## Gates',
    '',
    // Checks stand beside the text already, and change too often to be written into it.
    ...gates
      .filter(({ name }) => name !== 'checks')
      .map(({ name, isMet, text: state }) => `- ${isMet ? '✓' : '…'} **${name}**: ${state}`),
    '',
    'It merges by itself once every gate is open. Close it to decline this release here.',
    '',
  ].join('\n');
}
