// Where a path leads when symbolic links on its way are followed, one link at a time. Pure.
import { type ParsedPath, parseRepositoryPath } from '../decide/repository-path.ts';
import { SYMBOLIC_LINK } from './file-mode.ts';
import type { ManifestNode } from './snapshot-answer.ts';

/** `a/b/c.yaml` is `a`, `a/b` and `a/b/c.yaml`. */
export function prefixesOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * @param nodes of every prefix of the path.
 * @returns the path with its first link replaced by what the link names, or why that is nowhere; undefined where no link is on the way.
 */
export function followFirstLink(path: string, nodes: ReadonlyMap<string, ManifestNode>): ParsedPath | undefined {
  const link = prefixesOf(path).find((prefix) => nodes.get(prefix)?.mode === SYMBOLIC_LINK);
  if (link === undefined) return undefined;
  const object = nodes.get(link)?.object;
  const target = object?.kind === 'Blob' ? object.text : null;
  const about = `goes by the symbolic link ${link}, whose target`;
  if (!target) return { problem: `${about} cannot be read` };
  if (target.startsWith('/'))
    return { problem: `${about} is the absolute path ${target}; link to a path within the config repository` };
  // Git goes up from where a link before it leads, a path from where it is written.
  if (/[^./][^/]*\/\.\.(\/|$)/.test(target))
    return {
      problem: `${about} ${target} goes up behind a name, which may be a link itself; write the path without that`,
    };
  const folder = link.includes('/') ? `${link.slice(0, link.lastIndexOf('/'))}/` : '';
  const parsed = parseRepositoryPath(`${folder}${target}${path.slice(link.length)}`);
  return 'path' in parsed ? parsed : { problem: `${about} ${parsed.problem}` };
}
