// Whose the head of a promotion branch is. It is ours byte for byte: one parent, on the base branch; its tree is the parent's with
// exactly our edit; GitHub says that we made it. Nothing else on such a branch is merged or adopted.
import { LRUCache } from 'lru-cache';
import { parseTrailers } from '../decide/commit-trailers.ts';
import { setImage } from '../decide/edit-manifest.ts';
import type { Environment, Pipeline } from '../decide/pipeline.ts';
import type { ForeignHead, PromotionRecord } from '../decide/promotion.ts';
import { formatValuePath } from '../decide/value-path.ts';
import { type Identity, isMadeBy } from '../github/identity.ts';
import { isFile } from './file-mode.ts';
import type { ManifestLinks } from './manifest-links.ts';
import type { ParentFiles, ParentTreeReader } from './read-parent-trees.ts';
import { editedTreeId, modeOf } from './promotion-tree.ts';
import type { HeadNode } from './snapshot-answer.ts';

/** A head, and the environment whose branch it is the head of. */
export interface Head {
  commit: HeadNode;
  pipeline: Pipeline;
  environment: Environment;
  /** The file that its manifest is now: that of a head must be the same. */
  file: string;
}

export type HeadState = { kind: 'ours'; record: PromotionRecord } | ForeignHead;

export interface HeadVerifierDeps {
  identity(): Promise<Identity>;
  trees: ParentTreeReader;
  links: ManifestLinks;
}

export interface HeadVerifier {
  /** @param recentCommits of the base branch. @returns states by the heads' own order. */
  verify(heads: readonly Head[], recentCommits: readonly string[]): Promise<HeadState[]>;
}

const MAX_REMEMBERED = 2_000;

export function createHeadVerifier({ identity, trees, links }: HeadVerifierDeps): HeadVerifier {
  /** Whether a head's tree is its parent's with our edit. Commits never change, so an answer holds. */
  const verified = new LRUCache<string, boolean>({ max: MAX_REMEMBERED });

  async function checkTrees(claims: readonly Claim[]): Promise<void> {
    const unknown = claims.filter((claim) => !verified.has(keyOf(claim)));
    if (unknown.length === 0) return;
    const wanted = unknown.map(({ parent, environment }) => ({ commit: parent, file: environment.manifest }));
    const found = await trees.read(wanted);
    for (const [index, claim] of unknown.entries()) {
      const read = found[index];
      const file = claim.environment.manifest;
      const isThere = read === undefined || isFile(modeOf(read.folders, file));
      const edited = isThere ? { file, parent: read } : await behindLinks(claim);
      const isThisFile = edited?.file === claim.file;
      verified.set(keyOf(claim), edited !== undefined && isThisFile && isExactly(claim, edited.file, edited.parent));
    }
  }

  /** The file that the links of the parent's manifest lead to. */
  async function behindLinks({ parent: commit, environment: { manifest } }: Claim): Promise<EditedFile | undefined> {
    const led = (await links.follow(commit, [manifest])).get(manifest);
    if (!led || !('path' in led) || led.path === manifest) return undefined;
    const [parent] = await trees.read([{ commit, file: led.path }]);
    return { file: led.path, parent };
  }

  return {
    async verify(heads, recentCommits) {
      if (heads.length === 0) return [];
      const self = await identity();
      const parents = heads.map(({ commit }) => commit.parents.nodes.map(({ oid }) => oid));
      const onBase = await trees.onBase(parents.flat(), recentCommits);
      const judged = heads.map((head) => claimOf(head, self, onBase));
      await checkTrees(judged.flatMap((claim) => ('parent' in claim ? [claim] : [])));
      return judged.map((claim): HeadState => {
        if (!('parent' in claim)) return claim;
        if (verified.get(keyOf(claim))) return { kind: 'ours', record: claim.record };
        // Our own commit on the base branch: writing it again takes nothing of anybody.
        return { kind: 'altered', reason: `the tree of ${short(claim.commit)} is not its parent's with this edit` };
      });
    },
  };
}

/** What our commit edited, as the commit below has it. */
interface EditedFile {
  file: string;
  parent: ParentFiles | undefined;
}

/** A head that we made, on the base branch, whose tree is still to be looked at. */
interface Claim extends Head {
  parent: string;
  record: PromotionRecord;
}

const short = ({ oid }: HeadNode): string => oid.slice(0, 7);
const keyOf = ({ commit, pipeline, environment, file }: Head): string =>
  [
    commit.oid,
    pipeline.name,
    pipeline.image,
    environment.name,
    environment.manifest,
    file,
    ...environment.path.map(formatValuePath),
  ].join(' ');

function claimOf(head: Head, self: Identity, onBase: ReadonlySet<string>): Claim | ForeignHead {
  const { commit, pipeline, environment } = head;
  const [parent, another] = commit.parents.nodes.map(({ oid }) => oid);
  const isOnBase = parent !== undefined && another === undefined && onBase.has(parent);
  if (!isMadeBy(self, commit)) {
    const reason = `${short(commit)} was made by ${commit.author?.user?.login ?? commit.author?.name ?? 'somebody else'}`;
    return { kind: isOnBase || another !== undefined ? 'altered' : 'extended', reason };
  }
  const record = parseTrailers(commit.message, commit.oid, commit.committedDate).find(
    (one) => one.pipeline === pipeline.name && one.environment === environment.name,
  );
  if (!record) return { kind: 'altered', reason: `${short(commit)} promotes nothing here` };
  if (!isOnBase) return { kind: 'altered', reason: `${short(commit)} does not stand on the base branch` };
  return { ...head, parent, record };
}

function isExactly(
  { commit, pipeline, environment, record }: Claim,
  file: string,
  parent: ParentFiles | undefined,
): boolean {
  if (parent?.text === undefined) return false;
  try {
    const text = setImage(parent.text, pipeline.image, record.release, environment.path);
    return editedTreeId(parent.folders, file, text) === commit.tree.oid;
  } catch {
    return false; // the parent's manifest does not hold the image: it was never our edit
  }
}
