import type { Commit, Person } from '../../git/git-object.ts';
import type { Hub } from '../hub.ts';
import { isSigned } from '../operations/signed-commit.ts';
import type { Account, Repository } from '../world.ts';
import { simpleUser } from './account.ts';
import { nodeId } from './links.ts';

/** Finds the account of a commit's author: by the login in GitHub's noreply address, or by the address or name of a person. */
export function accountByEmail(hub: Hub, { email, name }: Person): Account | undefined {
  const [local = '', host] = email.split('@');
  const login = host === hub.links.noreply ? local.replace(/^\d+\+/, '') : local;
  return hub.store.world.accounts.find((account) => account.login === login || account.name === name);
}

function parents(hub: Hub, repository: Repository, commit: Commit) {
  const api = hub.links.repositoryApi(repository);
  const page = hub.links.repositoryPage(repository);
  return commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${page}/commit/${sha}` }));
}

/** Who signed is all that callers see of a signature here; its bytes are GitHub's. */
function verification(hub: Hub, { oid, committer }: Commit) {
  if (!isSigned(hub, oid))
    return { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
  return { verified: true, reason: 'valid', signature: 'signed by GitHub', payload: oid, verified_at: committer.date };
}

/** The `git-commit` schema (Git data API). */
export function gitCommit(hub: Hub, repository: Repository, commit: Commit) {
  const api = hub.links.repositoryApi(repository);
  return {
    sha: commit.oid,
    node_id: nodeId('Commit', commit.oid),
    url: `${api}/git/commits/${commit.oid}`,
    html_url: `${hub.links.repositoryPage(repository)}/commit/${commit.oid}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: parents(hub, repository, commit),
    verification: verification(hub, commit),
  };
}

/** The `commit` schema (commits API). */
export function commitShape(hub: Hub, repository: Repository, commit: Commit) {
  const api = hub.links.repositoryApi(repository);
  const author = accountByEmail(hub, commit.author);
  const committer = accountByEmail(hub, commit.committer);
  return {
    sha: commit.oid,
    node_id: nodeId('Commit', commit.oid),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: verification(hub, commit),
    },
    url: `${api}/commits/${commit.oid}`,
    html_url: `${hub.links.repositoryPage(repository)}/commit/${commit.oid}`,
    comments_url: `${api}/commits/${commit.oid}/comments`,
    author: author ? simpleUser(hub.links, author) : null,
    committer: committer ? simpleUser(hub.links, committer) : null,
    parents: parents(hub, repository, commit),
  };
}

/** The `simple-commit` schema, in workflow runs. */
export function simpleCommit(commit: Commit) {
  const identity = ({ name, email }: Person) => ({ name, email });
  return {
    id: commit.oid,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: identity(commit.author),
    committer: identity(commit.committer),
  };
}
