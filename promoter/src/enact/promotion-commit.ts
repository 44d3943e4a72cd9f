// What a promotion writes: the edited files and the commit message that is its record. Pure.
import { formatTrailers, type Trailers } from '../decide/commit-trailers.ts';
import { rollbackSubject, subject } from '../decide/describe-change.ts';
import { setImage } from '../decide/edit-manifest.ts';
import type { Lineage, Merge, Promote, Propose, Release, RollBack, Update } from '../decide/promotion.ts';
import { TerminalError } from '../errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import { environmentKey, releaseSpanId, releaseTraceId, traceparentOf } from '@delivery/telemetry/release';

export type DirectChange = Promote | RollBack;
export type ManifestChange = DirectChange | Propose | Update;

export interface FileText {
  path: string;
  text: string;
}

export function pipelineOf(snapshot: ConfigSnapshot, name: string) {
  const found = snapshot.pipelines.find(({ pipeline }) => pipeline.name === name);
  if (!found) throw new TerminalError(`the snapshot has no pipeline ${name}`);
  return found;
}

export function environmentOf(
  snapshot: ConfigSnapshot,
  { pipeline, environment }: { pipeline: string; environment: string },
) {
  const found = pipelineOf(snapshot, pipeline).environments.find(
    (candidate) => candidate.environment.name === environment,
  );
  if (!found) throw new TerminalError(`the snapshot has no environment ${pipeline}/${environment}`);
  return found;
}

/** Several images may stand in one file: each edit builds on the one before. */
export function editedFiles(changes: readonly ManifestChange[], snapshot: ConfigSnapshot): FileText[] {
  const files = new Map<string, string>();
  for (const change of changes) {
    const text = files.get(change.manifest) ?? environmentOf(snapshot, change).manifest ?? '';
    files.set(change.manifest, setImage(text, change.release.image, change.release));
  }
  return [...files].map(([path, text]) => ({ path, text }));
}

function sourceOf(
  lineage: Lineage | undefined,
  release: Release,
): { url: string; sha: string; committedAt: string } | undefined {
  const commit = lineage?.commits[release.commit ?? ''];
  return lineage && commit ? { url: lineage.url, sha: commit.sha, committedAt: commit.committedAt } : undefined;
}

/** Whoever goes on from the commit hangs what it does under the promotion. */
function promotionTraceparent(
  { url, sha }: { url: string; sha: string },
  { environment, release }: { environment: string; release: Release },
): string {
  const traceId = releaseTraceId(url, sha);
  return traceparentOf(traceId, releaseSpanId(traceId, 'promote', environmentKey(environment, release.digest)));
}

export function trailersOf(change: ManifestChange | Merge, snapshot: ConfigSnapshot, pullRequest?: string): string {
  const { pipeline, lineage } = pipelineOf(snapshot, change.pipeline);
  const source = sourceOf(lineage, change.release);
  const commit =
    source?.sha ?? (/^[0-9a-f]{40}$/.test(change.release.commit ?? '') ? change.release.commit : undefined);
  const trailers: Trailers = {
    pipeline: change.pipeline,
    environment: change.environment,
    release: { ...change.release, commit },
    source: pipeline.source,
    sourceDate: source?.committedAt,
    replaces: change.from?.digest,
    rollsBack: change.kind === 'roll back' ? change.from : undefined,
    failedAt: change.kind === 'roll back' ? change.failedAt : undefined,
    pullRequest,
    approvedBy: change.kind === 'merge' ? change.approvedBy : [],
    traceparent: source ? promotionTraceparent(source, change) : undefined,
  };
  return formatTrailers(trailers);
}

export function directMessage(changes: readonly DirectChange[], snapshot: ConfigSnapshot): string {
  const [first] = changes;
  if (!first) return '';
  const groups = changes.map((change) => trailersOf(change, snapshot)).join('\n');
  if (changes.length > 1) {
    const list = changes
      .map((change) => `- ${change.pipeline}/${change.environment} to ${change.release.tag}: ${change.reason}`)
      .join('\n');
    const environments = [...new Set(changes.map(({ environment }) => environment))].join(', ');
    return `promote: ${changes.length} images to ${environments}\n\n${list}\n\n${groups}`;
  }
  const title = first.kind === 'roll back' ? rollbackSubject : subject;
  const word = first.kind === 'roll back' ? 'Rolled back' : 'Promoted';
  const reference = pipelineOf(snapshot, first.pipeline).lineage?.commits[first.release.commit ?? '']?.sha;
  // Argo CD shows this commit beside the deployment (argo-cd docs/user-guide/source-hydrator.md).
  const argocd = reference ? `\nArgocd-reference-commit-sha: ${reference}` : '';
  return `${title(first.pipeline, first.environment, first.release)}\n\n${word} because ${first.reason}.\n\n${groups}${argocd}`;
}
