// Which promotion brought each manifest's content: from the branch's recent history, from memory, or from the file's own history.
import type { GitHub } from '../github/client.ts';
import { toPromoterError } from '../github/errors.ts';
import { fullName, type Repository } from '../decide/repository.ts';
import type { Identity } from '../github/identity.ts';
import type { LocatedEnvironment } from './locate-manifests.ts';
import { blobOf, type Explained, explanationIn, type RecordIndex } from './parse-snapshot.ts';
import { indexRecords } from './records.ts';
import { parseFileHistory, type RecordCommitNode } from './snapshot-answer.ts';
import { fileHistoryQuery } from './snapshot-query.ts';

export interface Explanations {
  /** In the order of `located`, all at the commit `head`. Costs a request where a manifest is neither in recent history nor known. */
  explain(
    head: string,
    located: readonly LocatedEnvironment[],
    recent: RecordIndex,
    self: Identity,
  ): Promise<Explained[]>;
}

interface Found {
  /** Of the manifest's content; undefined where there is none. */
  oid: string | undefined;
  /** Undefined where the file's own history has to be asked. */
  explanation: Explained | undefined;
}

export function createExplanations(github: () => Promise<GitHub>, repository: Repository): Explanations {
  /** By `pipeline/environment`, for one content: a file that did not change was brought by the same commit. */
  const explained = new Map<string, { oid: string; explanation: Explained }>();

  async function fileHistories(oid: string, files: readonly string[]): Promise<Map<string, RecordCommitNode[]>> {
    if (files.length === 0) return new Map();
    const { query, variables } = fileHistoryQuery(files);
    try {
      const { graphql } = await github();
      return parseFileHistory(await graphql(query, { ...variables, ...repository, oid }), files);
    } catch (error) {
      throw toPromoterError(`read the history of ${files.length} files of ${fullName(repository)}`, error);
    }
  }

  function find(recent: RecordIndex, { pipeline, environment, node }: LocatedEnvironment): Found {
    const key = `${pipeline.name}/${environment.name}`;
    const oid = blobOf(node)?.oid;
    const explanation = explanationIn(recent, key);
    const known = explained.get(key);
    // What a promotion replaced may be older than the recent history: a rollback goes back over any distance.
    if (explanation.record && (explanation.previous || !explanation.record.replaces)) return { oid, explanation };
    if (oid === undefined || known?.oid === oid) return { oid, explanation: known?.explanation ?? explanation };
    return { oid, explanation: undefined };
  }

  return {
    async explain(head, located, recent, self) {
      const found = located.map((one) => ({ ...one, ...find(recent, one) }));
      const unexplained = found.flatMap(({ file, explanation }) => (explanation ? [] : [file.path]));
      const histories = await fileHistories(head, [...new Set(unexplained)]);
      return found.map(({ pipeline, environment, file, oid, explanation }) => {
        const key = `${pipeline.name}/${environment.name}`;
        const known = explanation ?? explanationIn(indexRecords(histories.get(file.path) ?? [], self), key);
        if (oid !== undefined) explained.set(key, { oid, explanation: known });
        return known;
      });
    },
  };
}
