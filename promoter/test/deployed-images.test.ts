// What is deployed of an edited file, by the programs that deploy it. Where they are not installed, what they deployed when it was recorded.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { editKustomization, editValues, someKustomizations, someValues } from './manifests/edited-files.ts';
import { findHelm, renderValues } from './manifests/helm.ts';
import { findKustomize, renderAll } from './manifests/kustomize.ts';

const KUSTOMIZATIONS = 500;
const VALUES_FILES = 250;
const TIMEOUT_MS = 600_000;

const file = {
  text: z.string(),
  release: z.object({ tag: z.string(), digest: z.string() }),
  edited: z.string(),
  images: z.array(z.string()),
};
const recorded = <Own extends z.ZodRawShape>(name: string, own: Own) =>
  z
    .object({ program: z.string(), files: z.array(z.object({ ...file, ...own })).min(1) })
    .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'manifests/recorded', `${name}.json`), 'utf8')));

const kustomize = await findKustomize();
const helm = await findHelm();

describe('what is deployed of an edited kustomization', () => {
  const record = recorded('kustomize', { container: z.string() });

  it(`is the release, as ${record.program} said of ${record.files.length} files when it was recorded`, () => {
    for (const { text, container, release, ...rest } of record.files) {
      const { edited, images } = editKustomization({ text, container }, release);
      expect({ edited, images }).toEqual(rest);
    }
  });

  if (kustomize) {
    it(`is the release, as ${kustomize.label} says of ${KUSTOMIZATIONS} files`, { timeout: TIMEOUT_MS }, async () => {
      const files = someKustomizations(KUSTOMIZATIONS);
      const deployed = await renderAll(
        kustomize,
        files.map(({ edited: text, container }) => ({ text, container })),
      );

      for (const [index, { text, edited, images }] of files.entries())
        expect({ text, edited, images: deployed[index] }).toEqual({ text, edited, images });
    });
  } else {
    it('was not asked of kustomize, which is not installed here: the recorded renders stand for it', () => {
      expect(record.files.length).toBeGreaterThan(0);
    });
  }
});

describe('what is deployed of an edited values file', () => {
  const record = recorded('helm', { path: z.string() });

  it(`is the release, as ${record.program} said of ${record.files.length} files when it was recorded`, () => {
    for (const { text, path: at, release, ...rest } of record.files) {
      const { edited, images } = editValues({ text, path: at }, release);
      expect({ edited, images }).toEqual(rest);
    }
  });

  if (helm) {
    it(`is the release, as ${helm.label} says of ${VALUES_FILES} files`, { timeout: TIMEOUT_MS }, async () => {
      const files = someValues(VALUES_FILES);
      const deployed = await renderValues(
        helm,
        files.map(({ edited }) => edited),
      );

      for (const [index, { text, edited, images }] of files.entries())
        expect({ text, edited, images: [deployed[index]] }).toEqual({ text, edited, images });
    });
  } else {
    it('was not asked of helm, which is not installed here: the recorded renders stand for it', () => {
      expect(record.files.length).toBeGreaterThan(0);
    });
  }
});
