// Which promotions a commit of the base branch records. A record counts where GitHub says that we made the commit; one that somebody else
// merged counts as far as our own commit in that pull request says the same.
import { parseTrailers } from '../decide/commit-trailers.ts';
import type { PromotionRecord } from '../decide/promotion.ts';
import { type Identity, isActor, isMadeBy } from '../github/identity.ts';
import type { RecordIndex } from './parse-snapshot.ts';
import type { RecordCommitNode } from './snapshot-answer.ts';

/** The records of one commit; none where it is somebody else's, whatever its message says. */
export function recordsOf(node: RecordCommitNode, self: Identity): PromotionRecord[] {
  const { oid, message, committedDate } = node;
  const merged = node.associatedPullRequests?.nodes.find(({ mergeCommit }) => mergeCommit?.oid === oid);
  if (!merged) return isMadeBy(self, node) ? parseTrailers(message, oid, committedDate) : [];
  const head = merged.commits.nodes[0]?.commit;
  if (!head || !isMadeBy(self, head)) return [];
  if (isActor(self, merged.mergedBy)) return parseTrailers(message, oid, committedDate);
  // Whoever presses the button writes the message: what counts is what we wrote, and who approved is not known.
  return parseTrailers(head.message, oid, committedDate).map((record) => ({ ...record, pullRequest: merged.url }));
}

/** Every message is parsed once, however many environments ask. */
export function indexRecords(commits: readonly RecordCommitNode[], self: Identity): RecordIndex {
  const records = commits.flatMap((commit) => recordsOf(commit, self));
  return Map.groupBy(records, ({ pipeline, environment }) => `${pipeline}/${environment}`);
}
