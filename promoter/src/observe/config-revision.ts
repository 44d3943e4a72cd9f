// Which commit of the config repository Argo CD speaks of. An Application has one source or several, which may be Git repositories, Helm
// charts and OCI artifacts, in any order; of several, `revision` is empty and `revisions` follows their order.
import type { RolloutQuestion } from '../ports.ts';
import type { Application, Revisions, Source } from './parse-application.ts';

/** None of the sources is the config repository, so that no revision can be a commit of it: a chart, an OCI artifact, another repository. */
export const ELSEWHERE = Symbol('no source is the config repository');
export type ConfigRevision = string | typeof ELSEWHERE | undefined;

type Asked = Pick<RolloutQuestion, 'repository' | 'recentCommits'>;

/** @returns undefined where no revision is named yet. */
export function configRevision(
  { repository, recentCommits }: Asked,
  sources: readonly Source[],
  revisions: Revisions | null | undefined,
): ConfigRevision {
  const { revision, revisions: several } = revisions ?? {};
  const named = several?.length ? several : revision ? [revision] : [];
  if (named.length === 0) return undefined;
  const known = named.find((one) => recentCommits.includes(one));
  if (known !== undefined) return known;
  if (sources.length === 0 && named.length === 1) return named[0];
  const at = sources.findIndex(({ repoURL, chart }) => !chart && isSamePath(repoURL, repository));
  return at < 0 ? ELSEWHERE : named[at];
}

export const sourcesOf = ({ spec }: Pick<Application, 'spec'>): readonly Source[] =>
  spec.sources?.length ? spec.sources : spec.source ? [spec.source] : [];

/** The revision is the commit or came after it. What is older than the recent history cannot be placed, and passes. */
export function contains(recentCommits: readonly string[], revision: ConfigRevision, commit: string): boolean {
  const at = recentCommits.indexOf(commit);
  if (at < 0 || revision === commit || revision === ELSEWHERE) return true;
  if (revision === undefined) return false;
  const synced = recentCommits.indexOf(revision);
  return synced >= 0 && synced <= at;
}

/** By path alone: the same repository is reached as https and ssh, and under the host of a mirror or of an SSH gateway. */
function isSamePath(one: string, other: string): boolean {
  return pathOf(one) === pathOf(other);
}

/** `acme/config` of https://host/acme/config.git, ssh://git@host:22/acme/config, git@host:acme/config and host/acme/config/. */
function pathOf(url: string): string {
  const afterScheme = url.replace(/^[a-z+]+:\/\//i, '');
  const isShort = afterScheme === url && /^[^/]+@[^/:]+:/.test(url);
  const path = isShort ? url.slice(url.indexOf(':') + 1) : afterScheme.replace(/^[^/]*/, '');
  return path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .toLowerCase();
}
