// GitHub's answer -> what it means: promotion files, manifests, and the promotions that brought them.
import type { Pipeline } from '../decide/pipeline.ts';
import type { PromotionRecord } from '../decide/promotion.ts';
import { combine, type PromotionConfig } from '../decide/promotion-config.ts';
import { readPromotionFile } from '../decide/promotion-file.ts';
import type { Release } from '../decide/release.ts';
import type { Scope } from '../ports.ts';
import { isFile } from './file-mode.ts';
import type { ConfigEntryNode, ManifestNode } from './snapshot-answer.ts';
import type { EnvironmentRequest } from './snapshot-query.ts';

export interface Explained {
  record: PromotionRecord | undefined;
  previous: Release | undefined;
}

export function requestsOf(pipelines: readonly Pipeline[], scope: Scope): EnvironmentRequest[] {
  return pipelines
    .filter(({ name }) => scope === 'all' || scope.has(name))
    .flatMap((pipeline) => pipeline.environments.map((environment) => ({ pipeline, environment })));
}

export interface ConfigEntry {
  /** A promotion file, or a folder of them. */
  path: string;
  node: ConfigEntryNode;
}

interface FileText {
  file: string;
  /** Undefined for what is not there, and for what is not text. */
  text: string | undefined;
}

function textsOf({ path, node }: ConfigEntry): FileText[] {
  const object = node?.object;
  if (object?.kind !== 'Tree') return [{ file: path, text: wholeText(object) }];
  return (object.entries ?? [])
    .filter(({ name }) => /\.ya?ml$/i.test(name))
    .map((entry) => ({ file: `${path}/${entry.name}`, text: wholeText(entry.object) }));
}

/** Undefined for what is no file, no text, or only the beginning of one: a freeze may stand behind the cut. */
function wholeText(object: object | null | undefined): string | undefined {
  if (!object || !('text' in object) || typeof object.text !== 'string') return undefined;
  return 'isTruncated' in object && object.isTruncated === true ? undefined : object.text;
}

export function parseConfigs(entries: readonly ConfigEntry[]): PromotionConfig {
  return combine(entries.flatMap(textsOf).map(({ file, text }) => readPromotionFile(file, text)));
}

/** Records by `pipeline/environment`, newest first. */
export type RecordIndex = ReadonlyMap<string, readonly PromotionRecord[]>;

/** The newest promotion of `pipeline/environment`, and the release that it replaced. */
export function explanationIn(index: RecordIndex, key: string): Explained {
  const [record, ...older] = index.get(key) ?? [];
  const previous = older.find(({ release }) => release.digest === record?.replaces)?.release;
  return { record, previous };
}

export function blobOf(node: ManifestNode) {
  return node?.object?.kind === 'Blob' ? node.object : undefined;
}

/** Undefined for what the promoter must not edit: no file, no text, or text that GitHub cut. */
export function textOf(node: ManifestNode): string | undefined {
  const blob = blobOf(node);
  return isFile(node?.mode) && blob && !blob.isTruncated ? (blob.text ?? undefined) : undefined;
}
