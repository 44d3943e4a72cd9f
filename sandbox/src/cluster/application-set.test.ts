import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Application } from './application.ts';
import { expandApplicationSet } from './application-set.ts';

const services = async (): Promise<{ spec: { template: { metadata: { name: string } } } }> =>
  parse(
    await readFile(path.join(import.meta.dirname, '../../../gitops-config/argocd/services.yaml'), 'utf8'),
  ) as Awaited<ReturnType<typeof services>>;

describe('an ApplicationSet over folders', () => {
  it('makes an Application of every overlay, and of nothing else', async () => {
    const folders = ['apps', 'apps/todo/base', 'apps/todo/overlays/prod', 'apps/todo/overlays/dev'];
    const applications = expandApplicationSet(await services(), [...folders, 'apps/promoter/overlays/platform']);

    expect(applications.map((each) => Application.parse(each))).toMatchObject([
      {
        metadata: { name: 'todo-dev', namespace: 'argocd' },
        spec: { source: { path: 'apps/todo/overlays/dev' }, destination: { namespace: 'todo-dev' } },
      },
      { metadata: { name: 'todo-prod' }, spec: { destination: { namespace: 'todo-prod' } } },
    ]);
  });

  it('refuses an expression that it does not know', async () => {
    const set = await services();
    set.spec.template.metadata.name = '{{ .path.basenameNormalized }}';

    expect(() => expandApplicationSet(set, ['apps/todo/overlays/dev'])).toThrow(
      'ApplicationSet services: {{ .path.basenameNormalized }} is not supported here',
    );
  });
});
