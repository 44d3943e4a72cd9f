// One release to production, and everything that was sent meanwhile: each webhook as GitHub describes it, each Application as
// Argo CD's CRD allows it, in Argo CD's order.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { type Harness, startHarness } from '../flow/harness.ts';
import { judgeWebhook } from './openapi.ts';

interface ApplicationStatus {
  sync?: { status: string; revision: string };
  health?: { status: string };
  operationState?: { phase: string; syncResult?: { revision: string } };
  reconciledAt?: string;
}

describe('what a release to production sends', () => {
  let harness: Harness;
  const applications: { metadata: { name: string }; status?: ApplicationStatus }[] = [];

  beforeAll(async () => {
    harness = await startHarness();
    harness.sandbox.cluster.store.watch((kind, { object }) => {
      if (kind === 'Application') applications.push(object);
    });
    const { tag } = await harness.push();
    const pull = await harness.eventually('the pull request for prod', () => harness.openPullRequest('prod'));
    const review = await harness.review(pull.number, 'dana', 'COMMENT');
    const { id } = (await (await harness.review(pull.number, 'vera', 'REQUEST_CHANGES')).json()) as { id: number };
    await harness.api('PUT', `/repos/${CONFIG_REPOSITORY}/pulls/${pull.number}/reviews/${id}/dismissals`, 'rene', {
      message: 'not yours to decide',
    });
    await harness.api('PATCH', `/repos/${CONFIG_REPOSITORY}/pulls/${pull.number}`, 'dana', { title: `${pull.title} ` });
    expect(review.status).toBe(200);
    await harness.review(pull.number, 'rene');
    await harness.runsEverywhere(tag);
    await harness.push('Release two');
    await harness.eventually('a newer pull request', () => harness.openPullRequest('staging'));
    await harness.sandbox.github.settled();
  });
  afterAll(() => harness.close());

  it('every webhook is as GitHub describes it', () => {
    const deliveries = harness.sandbox.github.hub.webhooks.log.list('app');
    const problems = deliveries.flatMap(({ event, action, payload }) =>
      judgeWebhook(event, action, JSON.parse(payload)).map((problem) => `${event}.${action}: ${problem}`),
    );

    expect([...new Set(problems)]).toEqual([]);
    const sent = new Set(deliveries.map(({ event, action }) => (action ? `${event}.${action}` : event)));
    expect([...sent].sort()).toEqual([
      'check_run.completed',
      'pull_request.closed',
      'pull_request.edited',
      'pull_request.opened',
      'pull_request_review.dismissed',
      'pull_request_review.submitted',
      'push',
      'registry_package.published',
      'workflow_job.completed',
      'workflow_job.in_progress',
      'workflow_job.queued',
      'workflow_run.completed',
      'workflow_run.in_progress',
      'workflow_run.requested',
    ]);
  });

  it('webhooks carry GitHub’s headers and a signature over the raw body', () => {
    const [delivery] = harness.sandbox.github.hub.webhooks.log.list('app');
    const keys = JSON.parse(readFileSync(path.join(harness.sandbox.logDirectory, '../keys.json'), 'utf8')) as {
      webhookSecret: string;
    };
    const headers = delivery?.requestHeaders ?? {};

    expect(headers['x-hub-signature-256']).toBe(
      `sha256=${createHmac('sha256', keys.webhookSecret)
        .update(delivery?.payload ?? '')
        .digest('hex')}`,
    );
    expect(headers['x-github-delivery']).toBe(delivery?.guid);
    expect(headers).toMatchObject({
      'x-github-hook-installation-target-type': 'integration',
      'content-type': 'application/json',
    });
  });

  it('one push sends an event per manifest, of which one has a tag that is a release', () => {
    const events = harness.sandbox.github.hub.webhooks.log
      .list('app')
      .filter(({ event }) => event === 'registry_package');
    const tags = events.map(
      ({ payload }) =>
        (
          JSON.parse(payload) as {
            registry_package: { package_version: { container_metadata: { tag: { name: string } } } };
          }
        ).registry_package.package_version.container_metadata.tag.name,
    );
    const kinds = tags
      .map((tag) => (tag === '' ? 'child' : tag.startsWith('sha256-') ? 'signature' : 'release'))
      .slice(0, 5)
      .sort();

    expect(kinds).toEqual(['child', 'child', 'child', 'release', 'signature']);
  });

  it('every state of every Application is valid by the CRD', () => {
    const crd = parse(
      readFileSync(path.join(import.meta.dirname, '../../contracts/argocd-application-crd-v3.5.1.yaml'), 'utf8'),
    ) as {
      spec: { versions: { schema: { openAPIV3Schema: object } }[] };
    };
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(crd.spec.versions[0]?.schema.openAPIV3Schema ?? {});
    const problems = applications.flatMap((application) =>
      validate(application)
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`),
    );

    expect(applications.length).toBeGreaterThan(20);
    expect([...new Set(problems)]).toEqual([]);
  });

  it('status flips in Argo CD’s order: Healthy is briefly the old revision’s', () => {
    const steps = applications
      .filter(({ metadata }) => metadata.name === 'todo-dev')
      .map(({ status }) => [status?.sync?.status, status?.operationState?.phase, status?.health?.status].join(' '));
    const changes = steps.filter((step, index) => step !== steps[index - 1]);
    const second = changes.slice(changes.lastIndexOf('OutOfSync Succeeded Healthy') - 1);

    // The last sync of dev: the operation runs and succeeds while health still is the old one's; the new one's comes with Synced.
    expect(second.slice(0, 2)).toEqual(['OutOfSync Running Healthy', 'OutOfSync Succeeded Healthy']);
    expect(second[2]).toMatch(/^Synced Succeeded (Progressing|Healthy)$/);
    expect(second.at(-1)).toBe('Synced Succeeded Healthy');
  });
});
