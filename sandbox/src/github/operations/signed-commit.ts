// GitHub signs what it commits itself: files changed through its API or pages, merges, and what an App commits without naming an author.
// https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification
import { type Hub, now } from '../hub.ts';

/** GitHub's own identity: the committer of what it signs. */
export const webFlow = (hub: Hub) => ({ name: 'GitHub', email: 'noreply@github.com', date: now(hub) });

export function signCommit(hub: Hub, oid: string): void {
  hub.store.world.signedCommits.push(oid);
}

export const isSigned = (hub: Hub, oid: string): boolean => hub.store.world.signedCommits.includes(oid);
