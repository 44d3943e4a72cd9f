// Pushes a commit whose effect is visible: it changes the line above the todo list.
import { personalToken } from '../github/callers.ts';
import { DEVELOPER } from '../github/people.ts';
import { SOURCE_REPOSITORY } from '../assemble/github-settings.ts';

const BANNER_FILE = 'src/page/banner.ts';
/** Longer than any machine needs: a stand-in that has ended refuses the connection at once. */
const TIMEOUT_MS = 300_000;

export interface PushedRelease {
  commit: string;
  banner: string;
  pushedAt: Date;
}

/** @param banner the new line; by default one with the number of the release. */
export async function pushRelease(
  githubUrl: string,
  banner?: string,
  repository = SOURCE_REPOSITORY,
): Promise<PushedRelease> {
  const file = `${githubUrl}/api/v3/repos/${repository}/contents/${BANNER_FILE}`;
  const call = async <Answer>(method: 'GET' | 'PUT', body?: object): Promise<Answer> => {
    const response = await fetch(file, {
      method,
      headers: { authorization: `Bearer ${personalToken(DEVELOPER.login)}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${method} ${file}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const current = await call<{ content: string; sha: string }>('GET');
  const text = Buffer.from(current.content, 'base64').toString();
  const count = Number(/Release (\d+)/.exec(text)?.[1] ?? 0) + 1;
  const line = banner ?? `Release ${count}: what needs to be done?`;
  const changed = text.replace(
    /export const banner = .*;/,
    `export const banner = ${JSON.stringify(line).replaceAll('"', "'")};`,
  );
  const pushedAt = new Date();
  const { commit } = await call<{ commit: { sha: string } }>('PUT', {
    message: `feat: say "${line}"`,
    content: Buffer.from(changed).toString('base64'),
    sha: current.sha,
    branch: 'main',
  });
  return { commit: commit.sha, banner: line, pushedAt };
}
