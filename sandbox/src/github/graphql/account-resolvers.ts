import type { Person } from '../../git/git-object.ts';
import { accountOf, type Hub } from '../hub.ts';
import { accountByEmail } from '../shapes/commit.ts';
import { nodeId } from '../shapes/links.ts';
import type { Account } from '../world.ts';

/** GraphQL omits the `[bot]` that REST appends to a bot's login. */
function actorNode(hub: Hub, account: Account) {
  return {
    __typename: account.type,
    id: nodeId(account.type, account.id),
    databaseId: account.id,
    login: account.login.replace('[bot]', ''),
    name: account.name,
    url: `${hub.links.origin}/${account.login}`,
    avatarUrl: `${hub.links.origin}/avatars/${account.id}.svg`,
  };
}

export function accountActor(hub: Hub, login: string): object {
  return actorNode(hub, accountOf(hub, login));
}

/** Finds the user who wrote a commit; null for bots, which are not users, and for unknown addresses. */
export function userOf(hub: Hub, person: Person): object | null {
  const account = accountByEmail(hub, person);
  return account?.type === 'User' ? actorNode(hub, account) : null;
}
