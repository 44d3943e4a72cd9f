// Releases in the order of arrival that hurts most: whatever is lost, late or crowded out, every pipeline gets its newest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';
import { addManifests, digestOf, pipelineYaml, publish, unloggedDelivery, withPipelines } from './packages.ts';

/** These releases have no image. */
const UNREADABLE_REGISTRY = { REGISTRY_HOSTS: 'ghcr.io=http://127.0.0.1:1' };
const SERVICES = ['burst', 'crowd', 'broken'];

describe('a burst', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      withCluster: false,
      promoterEnv: { COALESCE_MS: '1500', ...UNREADABLE_REGISTRY },
      transformPromotion: withPipelines(
        ...SERVICES.map((service) => pipelineYaml(service)),
        pipelineYaml('proposed', ', promote: pull-request, gates: { checks: false, approval: { permission: write } }'),
      ),
    });
    await addManifests(harness, [...SERVICES, 'proposed']);
    await harness.eventually('the pipelines', async () => (await harness.board()).pipelines.length === 5);
  });
  afterAll(() => harness.close());

  const runs = (service: string, tag: string): Promise<unknown> =>
    harness.eventually(
      `${service} to get ${tag}`,
      async () => (await harness.environment('dev', service)).runs?.tag === tag,
    );
  const metrics = async (): Promise<string> => (await fetch(`${harness.sandbox.urls.board}/metrics`)).text();

  it('of 25 releases in one window, newest first, brings the newest', async () => {
    for (let number = 25; number > 0; number -= 1) await publish(harness, 'burst', `main-${number}`);

    await runs('burst', 'main-25');
  });

  it('of one release and 20 tags that no pipeline may promote brings the release', async () => {
    await publish(harness, 'crowd', 'main-1');
    for (let number = 0; number < 20; number += 1) await publish(harness, 'crowd', `pr-${number}`);

    await runs('crowd', 'main-1');
  });

  it('of 5,000 unknown images, while promotion.yaml is broken, answers 202 to each and loses no release', async () => {
    let good = '';
    await harness.editConfig('promotion.yaml', (text) => {
      good = text;
      return text.replace('pipelines:', 'pipelines: [');
    });
    await harness.eventually('the problem', async () => (await harness.board()).problems.length > 0);
    await publish(harness, 'broken', 'main-1');
    const deliver = await unloggedDelivery(harness);
    const statuses = new Set<number>();
    for (let sent = 0; sent < 5_000; sent += 50) {
      const batch = Array.from({ length: 50 }, (_, index) => deliver(`ghcr.io/acme/unknown-${sent + index}`, 'main-1'));
      for (const status of await Promise.all(batch)) statuses.add(status);
    }

    expect([...statuses]).toEqual([202]);
    expect(await metrics()).toMatch(/promoter_bounds_reached_total\{[^}]*bound="unclaimed_releases"[^}]*\} [1-9]/);
    expect((await harness.board()).bounds.map(({ bound }) => bound)).toContain('unclaimed_releases');
    expect(await (await fetch(harness.sandbox.urls.board)).text()).toContain('unclaimed_releases');
    await harness.editConfig('promotion.yaml', () => good);
    await runs('broken', 'main-1');
  });

  it('with a tag of a commit that does not exist promotes the real release, and says why not the other', async () => {
    const deliver = await unloggedDelivery(harness);
    expect(await deliver('ghcr.io/acme/todo', 'main-99999-abcdef0')).toBe(202);
    const noted = await harness.eventually('the refusal', async () =>
      (await harness.board()).activity.find(({ text }) => text.includes('main-99999-abcdef0')),
    );
    expect(noted.text).toContain('acme/todo has no commit abcdef0');

    const { tag } = await harness.push('A commit that exists');

    await runs('todo', tag);
  });

  it('of nothing more leaves a proposed release where it is: it is merged when it is approved', async () => {
    await publish(harness, 'proposed', 'main-1');
    const pull = await harness.eventually('the pull request', () =>
      harness.pullRequests().find(({ headRef, state }) => state === 'open' && headRef === 'promote/proposed/dev'),
    );
    await harness.sandbox.promoter.kill();
    await harness.sandbox.promoter.start();
    await harness.eventually('the board', () => harness.environment('dev', 'proposed'));

    await harness.review(pull.number, 'rene');

    await runs('proposed', 'main-1');
  });
});

describe('while the promoter was down', () => {
  const services = Array.from({ length: 50 }, (_, index) => `service-${index}`);
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      withCluster: false,
      promoterEnv: UNREADABLE_REGISTRY,
      transformPromotion: (text) =>
        withPipelines(...[...services, 'order', 'unreadable', 'frozen'].map((service) => pipelineYaml(service)))(
          `${text}\nfreezes:\n  - { environments: [frozen], reason: a holiday }\n`,
        ),
    });
    await addManifests(harness, [...services, 'order', 'unreadable', 'frozen']);
    await harness.eventually('the pipelines', async () => (await harness.board()).pipelines.length === 54);
  });
  afterAll(() => harness.close());

  const whileDown = async (act: () => Promise<void>): Promise<void> => {
    await harness.sandbox.promoter.kill();
    await act();
    await harness.sandbox.github.settled();
    await harness.sandbox.promoter.start();
  };
  const runs = async (service: string): Promise<string | undefined> =>
    (await harness.environment('dev', service)).runs?.tag;

  it('50 images of 6 deliveries each came: all 50 are promoted', async () => {
    await whileDown(async () => {
      for (const service of services) {
        await publish(harness, service, 'main-1');
        for (let child = 0; child < 5; child += 1)
          await publish(harness, service, null, digestOf(`${service} child ${child}`));
      }
    });

    await harness.eventually('all 50', async () => {
      const { pipelines } = await harness.board();
      const promoted = pipelines.filter(
        ({ name, environments }) => name.startsWith('service-') && environments[0]?.runs?.tag === 'main-1',
      );
      return promoted.length === 50;
    });
  });

  it('the newer, then the older delivery failed: the newer wins', async () => {
    await whileDown(async () => {
      await publish(harness, 'order', 'main-2');
      await harness.sandbox.github.settled();
      await publish(harness, 'order', 'main-1');
    });

    await harness.eventually('a release', () => runs('order'));
    expect(await runs('order')).toBe('main-2');
  });

  it('the newest delivery went missing from the log: it is skipped and counted, and the others are read', async () => {
    const { faults, hub } = harness.sandbox.github;
    await whileDown(async () => {
      await publish(harness, 'unreadable', 'main-1');
      await publish(harness, 'unreadable', 'main-2');
      await harness.sandbox.github.settled();
      const missing = hub.webhooks.log.list('app').find(({ payload }) => payload.includes('unreadable:main-2'));
      faults.addApiFault({
        operation: `GET /app/hook/deliveries/${missing?.id}`,
        effect: { kind: 'error-before', status: 404 },
        times: 100,
      });
    });

    await harness.eventually('main-1', async () => (await runs('unreadable')) === 'main-1');
    expect((await fetch(`${harness.sandbox.urls.board}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${harness.sandbox.urls.board}/metrics`)).text();
    expect(metrics).toMatch(/promoter_unreadable_deliveries_total\{?[^}]*\}? 1$/m);
  });

  it('a release waits for a frozen environment: it is still there after others were promoted, and after a restart', async () => {
    const freeze = '\nfreezes:\n  - { environments: [frozen], reason: a holiday }\n';
    const thaw = (): Promise<void> =>
      harness.editConfig('promotion.yaml', (text) => text.replace(/\nfreezes:[^]*$/, '\n'));
    const waits = (tag: string): Promise<unknown> =>
      harness.eventually('the hold', async () => (await harness.environment('dev', 'frozen')).next?.tag === tag);
    await publish(harness, 'frozen', 'main-1');
    await waits('main-1');
    await publish(harness, 'order', 'main-3');
    await harness.eventually('the other', async () => (await runs('order')) === 'main-3');
    await thaw();
    await harness.eventually('main-1', async () => (await runs('frozen')) === 'main-1');

    await harness.editConfig('promotion.yaml', (text) => text + freeze);
    await publish(harness, 'frozen', 'main-2');
    await waits('main-2');
    await whileDown(() => Promise.resolve());
    await thaw();
    await harness.eventually('main-2', async () => (await runs('frozen')) === 'main-2');
  });
});

describe('with neither webhooks nor a delivery log', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ withCluster: false });
  });
  afterAll(() => harness.close());

  it('the release is found in the registry', async () => {
    const { promoter, github } = harness.sandbox;
    await promoter.kill();
    const { tag } = await harness.push('Only the registry knows');
    await github.settled();
    // As after a week: the log has nothing of it any more.
    github.faults.addApiFault({
      operation: 'GET /app/hook/deliveries/',
      effect: { kind: 'error-before', status: 404 },
      times: 1_000,
    });
    await promoter.start();

    await harness.eventually('the release', async () => (await harness.environment('dev')).runs?.tag === tag);
  });

  it('a build of two tags is promoted, though GitHub names only the one that no pipeline promotes (build-push-action#877)', async () => {
    harness.sandbox.github.faults.addWebhookFault({ event: 'registry_package', effect: 'lose', times: 50 });
    const { tag } = await harness.push('Its event is of latest');
    await harness.sandbox.github.settled();
    expect((await harness.environment('dev')).runs?.tag).not.toBe(tag);

    const deliver = await unloggedDelivery(harness);
    expect(await deliver('ghcr.io/acme/todo', 'latest')).toBe(202);
    await harness.eventually('the release', async () => (await harness.environment('dev')).runs?.tag === tag);
  });

  it('a digest that the registry denies is refused, with the reason', async () => {
    const deliver = await unloggedDelivery(harness);
    const { runs: known } = await harness.environment('dev');
    const tag = `main-99999-${known?.commit?.slice(0, 7)}`;
    expect(await deliver('ghcr.io/acme/todo', tag)).toBe(202);

    const noted = await harness.eventually('the refusal', async () =>
      (await harness.board()).activity.find(({ text }) => text.includes(tag)),
    );
    expect(noted.text).toContain(`its registry has no tag ${tag}`);
  });
});
