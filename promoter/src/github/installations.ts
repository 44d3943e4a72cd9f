// Which installation of the App acts on a repository. An App may be installed for some repositories of an owner alone, so each
// repository is looked up; the client and its token are one per installation. An id does not last: whoever installs an App again gets another.
import { fullName, type Repository } from '../decide/repository.ts';
import { TerminalError } from '../errors.ts';
import { statusOf, toPromoterError } from './errors.ts';
import { Installation } from './permissions.ts';

export interface InstallationsDeps<Client> {
  /** Asks GitHub, as the App itself. */
  ask(repository: Repository): Promise<unknown>;
  /** @param onRefused called when GitHub no longer takes what the client authenticates with. */
  open(installationId: number, onRefused: () => void): Client;
  /** Called with each answer. */
  onInstallation(installation: Installation): void;
}

export interface Installations<Client> {
  /** Callers at the same time share one look-up. @throws TerminalError where the App is not installed, or suspended. */
  forRepository(repository: Repository): Promise<Client>;
  /** The next call for each repository asks again, and has what was granted meanwhile. */
  lookUpAgain(): void;
}

const keyOf = (repository: Repository): string => fullName(repository).toLowerCase();

export function createInstallations<Client>(deps: InstallationsDeps<Client>): Installations<Client> {
  const { ask, open, onInstallation } = deps;
  const ids = new Map<string, Promise<number>>();
  const clients = new Map<number, Client>();

  async function lookUp(repository: Repository): Promise<number> {
    const action = `find the installation of the App for ${fullName(repository)}`;
    try {
      const installation = Installation.parse(await ask(repository));
      onInstallation(installation);
      const { id, suspended_at: suspendedAt, html_url: page } = installation;
      if (!suspendedAt) return id;
      throw new TerminalError(`${action}: it is suspended since ${suspendedAt}`, { whatToDo: `unsuspend it: ${page}` });
    } catch (error) {
      if (statusOf(error) !== 404) throw toPromoterError(action, error);
      throw new TerminalError(`${action}: 404 Not Found`, {
        cause: error,
        whatToDo: `check that ${fullName(repository)} exists, and install the App for it`,
      });
    }
  }

  function clientOf(id: number): Client {
    const known = clients.get(id);
    if (known) return known;
    const client = open(id, () => {
      // Of callers that are refused at the same time the first one counts: a newer client stays.
      if (clients.get(id) !== client) return;
      clients.delete(id);
      ids.clear();
    });
    clients.set(id, client);
    return client;
  }

  return {
    async forRepository(repository) {
      const key = keyOf(repository);
      let id = ids.get(key);
      if (!id) {
        const asked = lookUp(repository);
        asked.catch(() => ids.get(key) === asked && ids.delete(key));
        ids.set(key, (id = asked));
      }
      return clientOf(await id);
    },
    lookUpAgain: () => ids.clear(),
  };
}
