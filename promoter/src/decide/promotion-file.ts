// promotion.yaml, one file at a time. What does not parse is reported with file, line, column and reason, and stops what it might have
// meant: a pipeline stops itself, a freeze that is not understood freezes everything.
import { z } from 'zod';
import { closestName } from './closest-name.ts';
import { type ConfigProblem, type Place, problemAt } from './config-problem.ts';
import { fields } from './fields.ts';
import { type DeclaredNames, Freeze, mayFreeze } from './freeze.ts';
import { Pipeline } from './pipeline.ts';
import { type Path, readYaml, type YamlText } from './yaml-text.ts';

/** Not yet compared with the other files: what its freezes name may be declared there. */
export interface PromotionFile {
  file: string;
  pipelines: readonly Indexed<Pipeline>[];
  freezes: readonly Indexed<Freeze>[];
  declared: DeclaredNames;
  problems: readonly ConfigProblem[];
  placeOf(path: Path): Place | undefined;
}

/** With its index in the list of its file. */
interface Indexed<Value> {
  value: Value;
  index: number;
}

const FileFields = fields({
  pipelines: z.array(z.unknown(), 'must be a list').default([]),
  freezes: z.array(z.unknown(), 'must be a list; write [] where nothing is frozen').default([]),
});
const LISTS = Object.keys(FileFields.shape);
/** What freezes may name of a pipeline that does not parse. */
const Named = z.looseObject({ name: z.string(), environments: z.array(z.unknown()).catch([]) });

const describe = (path: Path, message: string): string =>
  path.length > 0 ? `${path.map(String).join('.')} ${message}` : message;

/** Never throws: whatever is wrong is among the problems. @param text undefined for what is not there, and for what is not text. */
export function readPromotionFile(file: string, text: string | undefined): PromotionFile {
  const unreadable = (reason: string, place: Place | undefined, freezes = mayFreeze(text)): PromotionFile => ({
    file,
    pipelines: [],
    freezes: [],
    declared: new Map(),
    problems: [
      problemAt(place, { file, reason, pipeline: undefined, freezesAll: freezes ? { until: undefined } : undefined }),
    ],
    placeOf: () => undefined,
  });
  if (text === undefined) return unreadable('there is no such file, or it is not text', undefined);
  const yaml = readYaml(text);
  if ('reason' in yaml) return unreadable(yaml.reason, yaml.place);
  if (yaml.value === null) return unreadable('is empty; write pipelines: [] and freezes: []', { line: 1, column: 1 });
  const top = FileFields.safeParse(yaml.value);
  if (!top.success) {
    const [first] = top.error.issues;
    return unreadable(
      first ? describe(first.path, first.message) : 'is no promotion file',
      first && placeOfIssue(yaml, [], first),
      mayFreeze(text) || top.error.issues.some(mayMeanFreezes),
    );
  }
  const list = { yaml, file };
  const freezes = parseList(list, 'freezes', top.data.freezes, Freeze);
  // Beside a freeze that does not parse, the pipelines of its file stop altogether.
  const items = freezes.problems.length > 0 ? [] : top.data.pipelines;
  const pipelines = parseList(list, 'pipelines', items, Pipeline);
  return {
    file,
    pipelines: pipelines.parsed,
    freezes: freezes.parsed,
    declared: declaredNames(top.data.pipelines),
    problems: [...freezes.problems, ...pipelines.problems],
    placeOf: (path) => yaml.placeOf(path),
  };
}

/** Any other unknown name may have been meant to freeze. */
function mayMeanFreezes(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'unrecognized_keys' && issue.keys.some((name) => closestName(name, LISTS) !== 'pipelines');
}

function placeOfIssue(yaml: YamlText, path: Path, issue: z.core.$ZodIssue): Place | undefined {
  const full = [...path, ...issue.path];
  return issue.code === 'unrecognized_keys' ? yaml.placeOf([...full, issue.keys[0] ?? ''], 'key') : yaml.placeOf(full);
}

function parseList<Schema extends z.ZodType>(
  { yaml, file }: { yaml: YamlText; file: string },
  key: 'pipelines' | 'freezes',
  items: readonly unknown[],
  schema: Schema,
): { parsed: Indexed<z.output<Schema>>[]; problems: ConfigProblem[] } {
  const parsed: Indexed<z.output<Schema>>[] = [];
  const problems: ConfigProblem[] = [];
  items.forEach((item, index) => {
    const result = schema.safeParse(item);
    if (result.success) return parsed.push({ value: result.data, index });
    const isFreeze = key === 'freezes';
    const stops = {
      pipeline: isFreeze ? undefined : Named.safeParse(item).data?.name,
      freezesAll: isFreeze ? { until: undefined } : undefined,
    };
    return problems.push(
      ...result.error.issues.map((issue) =>
        problemAt(placeOfIssue(yaml, [key, index], issue), {
          file,
          reason: describe([key, index, ...issue.path], issue.message),
          ...stops,
        }),
      ),
    );
  });
  return { parsed, problems };
}

function declaredNames(items: readonly unknown[]): DeclaredNames {
  return new Map(
    items.flatMap((item): [string, string[]][] => {
      const { data } = Named.safeParse(item);
      return data ? [[data.name, data.environments.flatMap((one) => Named.safeParse(one).data?.name ?? [])]] : [];
    }),
  );
}
