// The first commits: the source repository starts as todo/ of this checkout, the config repository as gitops-config/.
import path from 'node:path';
import type { SeedRepository } from '../github/seed.ts';
import { REPOSITORY_ROOT } from './config.ts';

/** Files of todo/ that only this checkout needs: tests and their tools. */
const NOT_DELIVERED = /^(test\/|bench\/|build\.ts$|Dockerfile|vitest\.config\.ts$|drizzle\.config\.ts$|.*\.test\.ts$)/;

export function sourceSeed(folder = path.join(REPOSITORY_ROOT, 'todo')): SeedRepository {
  return {
    name: 'todo',
    description: 'The service that is delivered. Every push to main becomes an image.',
    folder,
    message: 'feat: the todo service',
    transform: (file, content) => (NOT_DELIVERED.test(file) ? undefined : content),
  };
}

/** @param soak replaces the soak times, which are too long for a laptop. */
export function gitopsSeed(
  soak: string,
  transformPromotion: (text: string) => string = (text) => text,
): SeedRepository {
  return {
    name: 'gitops-config',
    description: 'What runs where. Argo CD deploys it, the promoter edits it.',
    folder: path.join(REPOSITORY_ROOT, 'gitops-config'),
    message: `feat: todo in dev, staging and prod\n\nIn this sandbox the soak time is ${soak}, and todo keeps its data in files (components/pglite).`,
    transform(file, content) {
      // In the sandbox the promoter is a process beside the cluster, not a workload in it.
      if (file.startsWith('apps/promoter/')) return undefined;
      // In the sandbox anybody may delete all todos.
      if (file === 'apps/todo/base/deployment.yaml') {
        return Buffer.from(content.toString().replace(/(- name: ALLOW_DELETE_ALL\n\s*value: )'false'/, "$1'true'"));
      }
      // The sandbox needs no database server: each environment's todo keeps its data in files.
      if (/^apps\/todo\/overlays\/[^/]+\/kustomization\.yaml$/.test(file)) {
        return Buffer.from(content.toString().replace('components/postgresql', 'components/pglite'));
      }
      if (file !== 'promotion.yaml') return content;
      const text = content.toString().replaceAll(/^(\s*soak: ).*$/gm, `$1${soak}`);
      return Buffer.from(transformPromotion(text));
    },
  };
}
