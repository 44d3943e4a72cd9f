// What a promotion writes: the edited files and the commit message that is its record. Pure.
import { environmentKey, releaseSpanId, releaseTraceId, traceparentOf } from '@delivery/telemetry/release';
import { formatTrailers, oneLine } from '../decide/commit-trailers.ts';
import { rollbackSubject, subject } from '../decide/describe-change.ts';
import { whereIs } from '../decide/config-problem.ts';
import { setImage } from '../decide/edit-manifest.ts';
import { commitOf, fullCommitOf, type Source, sourceOf } from '../decide/lineage.ts';
import { ManifestError } from '../decide/manifest-text.ts';
import type { Merge, PipelineSnapshot, Promote, Propose, RollBack, Snapshot, Update } from '../decide/promotion.ts';
import type { ValuePath } from '../decide/value-path.ts';
import { TerminalError } from '../errors.ts';

export type DirectChange = Promote | RollBack;
export type ManifestChange = DirectChange | Propose | Update;

export interface EditedFile {
  path: string;
  text: string;
  /** Its mode stays as it is. */
  isExecutable: boolean;
}

export interface CommitMessage {
  headline: string;
  /** The reason and, as its last paragraph, the trailers. */
  body: string;
}

type Read = Pick<Snapshot, 'pipelines'>;

export function pipelineOf({ pipelines }: Read, name: string): PipelineSnapshot {
  const found = pipelines.find(({ declared }) => declared.name === name);
  if (!found) throw new TerminalError(`the snapshot has no pipeline ${name}`);
  return found;
}

export function environmentOf(snapshot: Read, { pipeline, environment }: { pipeline: string; environment: string }) {
  const found = pipelineOf(snapshot, pipeline).environments.find(({ declared }) => declared.name === environment);
  if (!found) throw new TerminalError(`the snapshot has no environment ${pipeline}/${environment}`);
  return found;
}

/**
 * Several images may stand in one file: each edit builds on the one before. A symbolic link stays; what it leads to is edited.
 * @param edited texts that were committed since the snapshot was read, by path.
 * @throws TerminalError where a manifest cannot be edited.
 */
export function editedFiles(
  changes: readonly ManifestChange[],
  snapshot: Read,
  edited: ReadonlyMap<string, string> = new Map(),
): EditedFile[] {
  const files = new Map<string, EditedFile>();
  for (const change of changes) {
    const { declared, manifest, file } = environmentOf(snapshot, change);
    const text = files.get(file.path)?.text ?? edited.get(file.path) ?? manifest;
    if (text === undefined) throw new TerminalError(`there is no file ${file.path} to edit`);
    files.set(file.path, { ...file, text: edit(text, change, declared.path) });
  }
  return [...files.values()];
}

/** What cannot be edited is found when it is read; beside another edit it is a failure. */
function edit(text: string, { manifest, release }: ManifestChange, paths: readonly ValuePath[]): string {
  try {
    return setImage(text, release.image, release, paths);
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new TerminalError(`edit ${whereIs({ file: manifest, line: cause.line })}: it ${cause.message}`, { cause });
  }
}

/** What goes on from the commit, such as Argo CD's sync, hangs under the promotion. */
function promotionTraceparent({ url, commit }: Source, { environment, release }: ManifestChange | Merge): string {
  const traceId = releaseTraceId(url, commit);
  return traceparentOf(traceId, releaseSpanId(traceId, 'promote', environmentKey(environment, release.digest)));
}

function trailersOf(change: ManifestChange | Merge, snapshot: Read): string {
  const { declared, lineage } = pipelineOf(snapshot, change.pipeline);
  const source = sourceOf(lineage, change.release);
  return formatTrailers({
    pipeline: change.pipeline,
    environment: change.environment,
    release: { ...change.release, commit: fullCommitOf(lineage, change.release) },
    source: declared.source,
    sourceDate: source?.committedAt,
    replaces: change.from?.digest,
    rollsBack: change.kind === 'roll back' ? change.from : undefined,
    failedAt: change.kind === 'roll back' ? change.failedAt : undefined,
    pullRequest: change.kind === 'merge' ? environmentOf(snapshot, change).pullRequest?.url : undefined,
    approvedBy: change.kind === 'merge' ? change.approvedBy : [],
    traceparent: source ? promotionTraceparent(source, change) : undefined,
  });
}

export function proposalMessage(change: Propose | Update, snapshot: Read): CommitMessage {
  return { headline: oneLine(change.title), body: `${oneLine(change.reason)}.\n\n${trailersOf(change, snapshot)}` };
}

export function mergeMessage(change: Merge, snapshot: Read): CommitMessage {
  return {
    headline: oneLine(subject(change.pipeline, change.environment, change.release)),
    body: `Promoted because ${oneLine(change.reason)}.\n\n${trailersOf(change, snapshot)}`,
  };
}

export function directMessage(changes: readonly [DirectChange, ...DirectChange[]], snapshot: Read): CommitMessage {
  const [first] = changes;
  const trailers = changes.map((change) => trailersOf(change, snapshot)).join('\n');
  if (changes.length > 1) {
    const list = changes
      .map((change) => `- ${change.pipeline}/${change.environment} to ${change.release.tag}: ${oneLine(change.reason)}`)
      .join('\n');
    const environments = [...new Set(changes.map(({ environment }) => environment))].join(', ');
    return { headline: `promote: ${changes.length} images to ${environments}`, body: `${list}\n\n${trailers}` };
  }
  const title = first.kind === 'roll back' ? rollbackSubject : subject;
  const word = first.kind === 'roll back' ? 'Rolled back' : 'Promoted';
  const reference = commitOf(pipelineOf(snapshot, first.pipeline).lineage, first.release.commit)?.sha;
  // Argo CD shows this commit beside the deployment (argo-cd docs/user-guide/source-hydrator.md).
  const argocd = reference ? `\nArgocd-reference-commit-sha: ${reference}` : '';
  return {
    headline: oneLine(title(first.pipeline, first.environment, first.release)),
    body: `${word} because ${oneLine(first.reason)}.\n\n${trailers}${argocd}`,
  };
}
