// POST /releases: a release workflow announces what it published, with the OIDC token of its run. It needs no webhook and works for any
// registry. Nothing is read of a request without a well-formed token, and nothing is believed of one whose token does not count.
import type { Logger } from '@delivery/telemetry/logger';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { Declarations } from '../decide/judge-release.ts';
import { fullName, isSameRepository } from '../decide/repository.ts';
import type { SourceFact } from '../trace/facts.ts';
import type { PromotionEvent } from './parse-delivery.ts';
import { createRefusalLog, type Refusal } from './refusal-log.ts';
import type { Taken } from './take-event.ts';
import type { Announcer, AnnouncerVerifier } from './verify-announcer.ts';
import type { Outcome } from './webhook-route.ts';

const BODY_LIMIT_BYTES = 4_096;
const MAX_TOKEN_LENGTH = 8_192;
const TOKEN = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/;
/** What a release is built from: the main branch, or a tag. The refs of pull requests and of other branches announce nothing. */
const RELEASE_REF = /^refs\/(heads\/main|tags\/.+)$/;

const Announcement = z.object({
  image: z
    .string()
    .max(255)
    .regex(/^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+$/, 'must be a lower-case image name with its registry, without tag'),
  tag: z.string().regex(/^\w[\w.-]{0,127}$/, 'must be a tag'),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits'),
});
type Announcement = z.infer<typeof Announcement>;

export interface AnnouncementDeps {
  /** Undefined: nothing says which audience a token must have, and no announcement is taken. */
  verify: AnnouncerVerifier | undefined;
  declared(): Declarations;
  take(event: PromotionEvent): Taken;
  onOutcome(event: 'announcement', outcome: Outcome): void;
  onFact(fact: SourceFact): void;
  clock: () => Date;
  logger: Logger;
}

interface AnnouncerEnv {
  Variables: { announcer: Announcer };
}

export function announcementRoute(deps: AnnouncementDeps): Hono<AnnouncerEnv> {
  const { verify, declared, take, onOutcome, onFact, clock, logger } = deps;
  const logUnproven = createRefusalLog(logger);

  async function authenticate(authorization: string | undefined): Promise<Announcer | Refusal> {
    if (!verify) return { status: 404, reason: 'neither ANNOUNCE_AUDIENCE nor PUBLIC_URL is configured' };
    const token =
      authorization !== undefined && authorization.length <= MAX_TOKEN_LENGTH
        ? TOKEN.exec(authorization)?.[1]
        : undefined;
    if (token === undefined) return { status: 401, reason: 'the OIDC token is missing: Authorization: Bearer TOKEN' };
    const verified = await verify(token);
    if (verified.kind === 'proven') return verified.announcer;
    return { status: verified.kind === 'unproven' ? 401 : 503, reason: verified.reason };
  }

  const logProven = ({ status, reason }: Refusal): void =>
    logger.warn({ status, reason, stage: 'accept' }, 'announcement refused');

  const refuse = (c: Context, refusal: Refusal, log = logProven): Response => {
    const { status, reason } = refusal;
    log(refusal);
    onOutcome('announcement', 'rejected');
    return c.json({ outcome: 'rejected', reason }, status);
  };

  const app = new Hono<AnnouncerEnv>();
  app.use('/releases', async (c, next) => {
    if (c.req.method !== 'POST') return next();
    const announcer = await authenticate(c.req.header('authorization'));
    if ('status' in announcer) return refuse(c, announcer, logUnproven);
    c.set('announcer', announcer);
    return next();
  });
  app.post('/releases', bodyLimit({ maxSize: BODY_LIMIT_BYTES }), async (c) => {
    const parsed = Announcement.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) {
      const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
      return refuse(c, { status: 422, reason: reasons.join('; ') });
    }
    const announcer = c.get('announcer');
    const refusal = whyNotAnnounced(parsed.data, announcer, declared());
    if (refusal) return refuse(c, refusal);
    const release = { ...parsed.data, commit: announcer.commit };
    const taken = take({ kind: 'released', release, repository: announcer.repository });
    if (taken.kind === 'full') return refuse(c, { status: 503, reason: 'the inbox is full; announce again later' });
    onOutcome('announcement', taken.kind);
    if (taken.kind === 'ignored') return c.json({ outcome: 'ignored', reason: taken.reason }, 202);
    onFact({ kind: 'published', ...parsed.data, receivedMs: clock().getTime() });
    logger.info({ image: release.image, tag: release.tag, stage: 'accept' }, 'announcement queued');
    return c.json({ outcome: 'queued' }, 202);
  });
  return app;
}

/** A run announces only what every pipeline of the image takes from its repository. */
function whyNotAnnounced(
  { image }: Announcement,
  { repository, ref }: Announcer,
  { pipelines, isComplete }: Declarations,
): Refusal | undefined {
  if (!RELEASE_REF.test(ref))
    return { status: 401, reason: `${ref} releases nothing: refs/heads/main and refs/tags/* do` };
  const claimed = pipelines.filter((pipeline) => pipeline.image === image);
  if (claimed.length === 0 && !isComplete)
    return { status: 503, reason: 'the promotion files are not known yet; announce again later' };
  const foreign = claimed.find(({ source }) => !source || !isSameRepository(source, repository));
  if (!foreign) return undefined;
  const source = foreign.source ? fullName(foreign.source) : 'no repository: name it as its source';
  return {
    status: 401,
    reason: `${fullName(repository)} may not announce ${image}: pipeline ${foreign.name} is built from ${source}`,
  };
}
