// The tokens of announcements: node:crypto signs them, so that the library that verifies them does not agree with itself.
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@delivery/telemetry/logger';
import * as fc from 'fast-check';
import { announcementRoute } from '../../src/accept/announcement-route.ts';
import type { PromotionEvent } from '../../src/accept/parse-delivery.ts';
import { createAnnouncerVerifier } from '../../src/accept/verify-announcer.ts';
import { parsePromotionFile } from '../../src/decide/promotion-config.ts';
import { fullName } from '../../src/decide/repository.ts';
import { mutateJson } from '../mutate-json.ts';
import { mutateText } from '../mutate-text.ts';
import { nastyTexts } from '../nasty.ts';
import type { Target } from '../run-target.ts';

const AUDIENCE = 'https://promoter.example';
const NOW = new Date('2026-11-23T12:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1_000;
/** Twice what the route reads: longer ones take longer, and show nothing else. */
const MAX_PART = 16 * 1_024;
/** The keys can be read and the inbox has room: 503 would be a fault. */
const ANSWERS = new Set([202, 401, 413, 422]);

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const published = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'ES256', use: 'sig' };
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ keys: [published] }));
});
server.listen(0, '127.0.0.1').unref();
await once(server, 'listening');
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const { pipelines } = parsePromotionFile(
  'promotion.yaml',
  String.raw`pipelines:
  - { name: todo, image: ghcr.io/acme/todo, source: acme/todo, tags: '^main-(?<number>\d+)$', environments: [{ name: dev, manifest: dev.yaml }] }
`,
);

const taken: PromotionEvent[] = [];
const route = announcementRoute({
  verify: createAnnouncerVerifier({ issuer, audience: AUDIENCE, clock: () => NOW }),
  declared: () => ({ pipelines, isComplete: true }),
  take(event) {
    taken.push(event);
    return { kind: 'queued' };
  },
  onOutcome: () => undefined,
  onFact: () => undefined,
  clock: () => NOW,
  logger: createLogger({ service: 'promoter', level: 'silent' }),
});

const token = {
  header: { alg: 'ES256', kid: 'key-1', typ: 'JWT' },
  claims: {
    iss: issuer,
    aud: AUDIENCE,
    iat: NOW_SECONDS - 10,
    nbf: NOW_SECONDS - 10,
    exp: NOW_SECONDS + 300,
    sub: 'repo:acme/todo:ref:refs/heads/main',
    repository: 'acme/todo',
    ref: 'refs/heads/main',
    sha: 'c'.repeat(40),
    event_name: 'push',
  },
};
/** One claim away from the token that counts. */
const nearMisses = [
  { aud: 'https://elsewhere.example' },
  { iss: 'https://issuer.example' },
  { exp: NOW_SECONDS - 300 },
  { nbf: NOW_SECONDS + 300 },
  { repository: 'mallory/todo' },
  { ref: 'refs/heads/main-2' },
  { ref: 'refs/pull/7/merge', event_name: 'pull_request' },
  { event_name: 'pull_request_target' },
].map((claim) => ({ header: token.header, claims: { ...token.claims, ...claim } }));
const release = { image: 'ghcr.io/acme/todo', tag: 'main-1', digest: `sha256:${'d'.repeat(64)}` };
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const own = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
const partsOf = (sent: unknown): { header: string; claims: string } => ({
  header: (JSON.stringify(own(sent, 'header')) ?? '').slice(0, MAX_PART),
  claims: (JSON.stringify(own(sent, 'claims')) ?? '').slice(0, MAX_PART),
});
const exact = partsOf(token);
const exactBody = JSON.stringify(release);

const encode = (part: string): string => Buffer.from(part).toString('base64url');
const signatureBy = (key: KeyObject, signed: string): string =>
  sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
/** What a verifier takes that lets the token say which kind of key the published one is. */
const hmac = (signed: string): string =>
  createHmac('sha256', keys.publicKey.export({ format: 'pem', type: 'spki' }))
    .update(signed)
    .digest('base64url');

const SIGNATURES = {
  genuine: (signed: string) => signatureBy(keys.privateKey, signed),
  'of another key': (signed: string) => signatureBy(others.privateKey, signed),
  'of another token': () => signatureBy(keys.privateKey, `${encode(exact.header)}.${encode('{}')}`),
  'with the public key as its secret': hmac,
  'of zeros': () => Buffer.alloc(64).toString('base64url'),
  short: (signed: string) => signatureBy(keys.privateKey, signed).slice(0, -2),
  none: () => '',
} satisfies Record<string, (signed: string) => string>;
type Signature = keyof typeof SIGNATURES;

/** As JSON: a mutation may be nested too deep to be shown as a value. */
interface Announced {
  header: string;
  claims: string;
  signature: Signature;
  /** Of the header, once it is whole. */
  edit: (authorization: string) => string;
  body: string;
}

const untouched = (authorization: string): string => authorization;
const schemes = ['', 'bearer', 'Basic', 'Bearer Bearer', 'Bearer,'];
const asHeader = (text: string): string => text.replaceAll(/[^\u0020-\u007e\u0080-\u00ff]/g, '?').trim();

const parts = fc.oneof(
  { arbitrary: fc.constant(exact), weight: 1 },
  { arbitrary: mutateJson([token, ...nearMisses]).map(([, mutated]) => partsOf(mutated)), weight: 3 },
);
const delivery = fc.record({
  signature: fc.oneof(
    { arbitrary: fc.constant<Signature>('genuine'), weight: 3 },
    { arbitrary: fc.constantFrom(...(Object.keys(SIGNATURES) as Signature[])), weight: 1 },
  ),
  edit: fc.oneof(
    { arbitrary: fc.constant(untouched), weight: 6 },
    {
      arbitrary: fc.constantFrom(...schemes).map((scheme) => (text: string) => text.replace('Bearer', scheme)),
      weight: 1,
    },
    { arbitrary: fc.constantFrom(...nastyTexts).map((text) => () => text), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.string({ maxLength: 3 }))
        .map(([at, inserted]) => (text: string) => {
          const where = Math.floor(at * text.length);
          return text.slice(0, where) + inserted + text.slice(where + 1);
        }),
      weight: 1,
    },
  ),
  body: fc.oneof(
    { arbitrary: fc.constant(exactBody), weight: 3 },
    {
      arbitrary: mutateJson([release]).map(([, mutated]) => (JSON.stringify(mutated) ?? '').slice(0, MAX_PART)),
      weight: 1,
    },
    { arbitrary: mutateText([JSON.stringify(release, null, 1)]), weight: 1 },
  ),
});
const announced: fc.Arbitrary<Announced> = fc.tuple(parts, delivery).map(([sent, other]) => ({ ...sent, ...other }));

/** The rule once more, written without the schema and without the library. */
function mayAnnounce(header: unknown, claims: unknown): boolean {
  const [aud, exp, nbf] = ['aud', 'exp', 'nbf'].map((name) => own(claims, name));
  return (
    own(header, 'alg') === 'ES256' &&
    own(claims, 'iss') === issuer &&
    (aud === AUDIENCE || (Array.isArray(aud) && aud.includes(AUDIENCE))) &&
    typeof exp === 'number' &&
    exp > NOW_SECONDS - 60 &&
    (nbf === undefined || (typeof nbf === 'number' && nbf < NOW_SECONDS + 60)) &&
    typeof own(claims, 'event_name') === 'string' &&
    own(claims, 'event_name') !== 'pull_request_target' &&
    /^refs\/(heads\/main$|tags\/)/.test(String(own(claims, 'ref')))
  );
}

export const announcementToken: Target<Announced> = {
  name: 'tokens',
  share: 0.1,
  inputs: announced,
  async run({ header, claims, signature, edit, body }) {
    const signed = `${encode(header)}.${encode(claims)}`;
    const whole = `Bearer ${signed}.${SIGNATURES[signature](signed)}`;
    const authorization = asHeader(edit(whole));
    taken.length = 0;
    const answer = await route.request('/releases', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
    });
    if (!ANSWERS.has(answer.status)) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
    if ((answer.status === 202) !== (taken.length === 1))
      throw new Error(`answered ${answer.status}, and took the other`);
    const isExact = header === exact.header && claims === exact.claims && body === exactBody;
    if (isExact && signature === 'genuine' && authorization === whole && answer.status !== 202)
      throw new Error('the exact token was refused');
    const [event] = taken;
    if (event?.kind !== 'released') return;
    // The last letter of a signature has bits that mean nothing: what was signed is the rest.
    if (signature !== 'genuine' || !authorization.startsWith(`Bearer ${signed}.`))
      throw new Error('a forgery was taken');
    const claimed: unknown = JSON.parse(claims);
    if (!mayAnnounce(JSON.parse(header), claimed)) throw new Error('a token that does not count was taken');
    const { image, commit } = event.release;
    const repository = event.repository && fullName(event.repository);
    if (commit !== own(claimed, 'sha') || repository !== own(claimed, 'repository'))
      throw new Error('the release is not of the run');
    if (image === release.image && repository?.toLowerCase() !== 'acme/todo')
      throw new Error(`${repository ?? 'nobody'} announced ${image}`);
  },
};
