// GitHub's refusal -> what somebody can do about it. The reason is GitHub's own sentence; this is the other half.
import { GraphqlResponseError } from '@octokit/graphql';
import { TerminalError, TransientError } from '../errors.ts';
import { graphqlTypes, statusOf } from './errors.ts';

/** A failure of ours, for people. */
export interface Advice {
  /** What we did, to what, and what GitHub said. */
  what: string;
  whatToDo: string;
  /** When GitHub lets us ask again. */
  until: string | undefined;
}

const AGAIN = 'nothing: it is tried again by itself';
const GRANT = 'grant the App the permissions that the README lists, and accept them where it is installed';
const BY_STATUS: Readonly<Record<number, string>> = {
  401: "check GITHUB_TOKEN, or GITHUB_APP_ID and the App's private key: GitHub does not take them",
  403: GRANT,
  404: 'check CONFIG_REPOSITORY, and that the App is installed for it',
};
const BY_TYPE: Readonly<Record<string, string>> = { FORBIDDEN: GRANT, NOT_FOUND: BY_STATUS[404] ?? '' };

/** @param now when it failed. */
export function adviseOn(error: unknown, now: Date): Advice {
  const what = error instanceof Error ? error.message : String(error);
  const waitMs = error instanceof TransientError ? error.retryAfterMs : undefined;
  const until = waitMs === undefined ? undefined : toSeconds(new Date(now.getTime() + waitMs));
  return { what, whatToDo: whatToDo(error, until), until };
}

function whatToDo(error: unknown, until: string | undefined): string {
  if (error instanceof TerminalError && error.whatToDo !== undefined) return error.whatToDo;
  if (until !== undefined) return `nothing: it is tried again at ${until}`;
  const cause = error instanceof Error ? error.cause : undefined;
  const known = BY_STATUS[statusOf(cause) ?? 0] ?? graphqlTypes(cause).flatMap((type) => BY_TYPE[type] ?? [])[0];
  if (known !== undefined) return known;
  if (error instanceof TransientError) return AGAIN;
  return cause instanceof GraphqlResponseError ? GRANT : 'see the log of the promoter';
}

const toSeconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
