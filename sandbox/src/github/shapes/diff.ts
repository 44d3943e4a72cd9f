import type { FileDiff } from '../../git/file-diff.ts';
import type { Hub } from '../hub.ts';
import type { Repository } from '../world.ts';

/** The `diff-entry` schema. */
export function fileShape(hub: Hub, repository: Repository, commit: string, file: FileDiff) {
  const page = hub.links.repositoryPage(repository);
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${commit}/${path}`,
    raw_url: `${page}/raw/${commit}/${path}`,
    contents_url: `${hub.links.repositoryApi(repository)}/contents/${path}?ref=${commit}`,
    patch: file.patch,
  };
}
