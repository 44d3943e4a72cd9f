// All promotion files as one: what each alone cannot know is checked here.
import { type ConfigProblem, problemAt, whereIs } from './config-problem.ts';
import { type DeclaredNames, type Freeze, freezesFor, whyUnknown } from './freeze.ts';
import type { Pipeline } from './pipeline.ts';
import { type PromotionFile, readPromotionFile } from './promotion-file.ts';

export interface PromotionConfig {
  pipelines: Pipeline[];
  /** Those that are declared, and one for everything where a freeze is not understood. */
  freezes: Freeze[];
  problems: ConfigProblem[];
}

/** Of a configuration that is one file. Never throws: whatever is wrong is among the problems. */
export function parsePromotionFile(file: string, text: string): PromotionConfig {
  return combine([readPromotionFile(file, text)]);
}

/** A pipeline's name is claimed once, a manifest by one environment of an image; freezes may name what any file declares. */
export function combine(files: readonly PromotionFile[]): PromotionConfig {
  const claimed = claimNames(files);
  const shared = findSharedManifests(claimed.pipelines);
  const unknown = findUnknownFreezes(files);
  const problems = [...files.flatMap((file) => file.problems), ...claimed.problems, ...shared, ...unknown];
  const stopped = new Set(shared.map(({ pipeline }) => pipeline));
  return {
    pipelines: claimed.pipelines.flatMap(({ pipeline }) => (stopped.has(pipeline.name) ? [] : [pipeline])),
    freezes: [...files.flatMap(({ freezes }) => freezes.map(({ value }) => value)), ...freezesFor(problems)],
    problems,
  };
}

interface Declared {
  pipeline: Pipeline;
  index: number;
  file: PromotionFile;
}

function claimNames(files: readonly PromotionFile[]): { pipelines: Declared[]; problems: ConfigProblem[] } {
  const pipelines = new Map<string, Declared>();
  const problems: ConfigProblem[] = [];
  for (const file of files) {
    for (const { value: pipeline, index } of file.pipelines) {
      const { name } = pipeline;
      if (!pipelines.has(name)) pipelines.set(name, { pipeline, index, file });
      else {
        const reason = `pipeline ${name} is declared twice`;
        const place = file.placeOf(['pipelines', index, 'name']);
        problems.push(problemAt(place, { file: file.file, reason, pipeline: name, freezesAll: undefined }));
      }
    }
  }
  return { pipelines: [...pipelines.values()], problems };
}

/** Where one manifest deploys two environments, a promotion to one would move the other past its gates: the pipelines of both stop. */
function findSharedManifests(declared: readonly Declared[]): ConfigProblem[] {
  const uses = declared.flatMap(({ pipeline, index, file }) =>
    pipeline.environments.map(({ name, manifest }, at) => ({
      pipeline: pipeline.name,
      environment: `${pipeline.name}/${name}`,
      manifest,
      key: JSON.stringify([pipeline.image, manifest]),
      file: file.file,
      place: file.placeOf(['pipelines', index, 'environments', at, 'manifest']),
    })),
  );
  return [...Map.groupBy(uses, ({ key }) => key).values()]
    .filter((same) => same.length > 1)
    .flatMap((same) =>
      same.map((use) => {
        const others = same
          .filter((other) => other !== use)
          .map(({ environment, file, place }) => `${environment} (${whereIs({ file, ...place })})`);
        const reason = `manifest ${use.manifest} of ${use.environment} is also that of ${others.join(' and ')}; give each environment its own`;
        return problemAt(use.place, { file: use.file, reason, pipeline: use.pipeline, freezesAll: undefined });
      }),
    );
}

function findUnknownFreezes(files: readonly PromotionFile[]): ConfigProblem[] {
  const declared: DeclaredNames = new Map(
    [
      ...Map.groupBy(
        files.flatMap((file) => [...file.declared]),
        ([name]) => name,
      ),
    ].map(([name, same]) => [name, same.flatMap(([, environments]) => environments)]),
  );
  return files.flatMap(({ file, freezes, placeOf }) =>
    freezes.flatMap(({ value: { environments, until }, index }) =>
      environments.flatMap((name, at) => {
        const unknown = whyUnknown(name, declared);
        if (unknown === undefined) return [];
        const path = ['freezes', index, 'environments', at];
        const reason = `${path.join('.')} ${unknown}`;
        return [problemAt(placeOf(path), { file, reason, pipeline: undefined, freezesAll: { until } })];
      }),
    ),
  );
}
