import { z } from 'zod';
import { documentedAs } from '../api-document/documented-as.ts';

/** Unicode's control characters are refused; everything else is stored as it was sent. */
const CONTROL_CHARACTER = /\p{Cc}/u;
const MAX_TITLE_CHARACTERS = 500;
/** Unicode's format characters of the basic plane, such as U+200B and U+202E: a title of nothing else looks empty. */
const INVISIBLE = '\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff';
const VISIBLE_CHARACTER = new RegExp(`[^\\s${INVISIBLE}]`);
/**
 * The same as one pattern for the OpenAPI document. Its escapes are those that every regular expression engine knows, which leaves out
 * \u and classes by property; unpaired surrogates need no mention, as no JSON in UTF-8 contains any.
 */
const CONTROL = String.raw`\x00-\x1f\x7f-\x9f`;
const TITLE_PATTERN = `^[^${CONTROL}]*[^\\s${CONTROL}${INVISIBLE}][^${CONTROL}]*$`;

/** Counts code points, as JSON Schema does; no string has more code points than UTF-16 units. */
function hasAtMost(text: string, characters: number): boolean {
  return text.length <= characters || [...text].length <= characters;
}

/** One line of text, without leading and trailing white space. */
export const PlainText = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .refine((text) => hasAtMost(text, MAX_TITLE_CHARACTERS), `must have at most ${MAX_TITLE_CHARACTERS} characters`)
  .refine((text) => !CONTROL_CHARACTER.test(text), 'must not contain control characters')
  .refine((text) => VISIBLE_CHARACTER.test(text), 'must have a character that can be seen')
  .refine((text) => text.isWellFormed(), 'must not contain an unpaired surrogate')
  .meta(
    documentedAs({
      type: 'string',
      minLength: 1,
      maxLength: MAX_TITLE_CHARACTERS,
      pattern: TITLE_PATTERN,
    }),
  );

const Order = z.int32();

export const NewTodo = z
  .strictObject({
    title: PlainText.meta({ examples: ['buy milk'] }),
    completed: z.boolean().default(false),
    order: Order.nullable().default(null).meta({ description: 'Stored for clients that sort; 32 bits.' }),
  })
  .meta({ id: 'NewTodo' });
export type NewTodo = z.infer<typeof NewTodo>;

export const TodoPatch = z
  .strictObject({ title: PlainText, completed: z.boolean(), order: Order.nullable() })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'must change at least one of title, completed, order')
  .meta({ id: 'TodoPatch', override: { minProperties: 1 } });
export type TodoPatch = z.infer<typeof TodoPatch>;

export const AllTodosPatch = z.strictObject({ completed: z.boolean() }).meta({ id: 'AllTodosPatch' });

export interface Todo {
  id: number;
  title: string;
  completed: boolean;
  order: number | null;
  /** 1 at creation, incremented by every change. */
  version: number;
}

/** A todo as clients see it; the version is its entity tag. */
export const TodoResource = z
  .object({
    id: z.int().positive(),
    title: z.string(),
    completed: z.boolean(),
    order: z.int32().nullable(),
    url: z.url().meta({ description: 'The absolute URL of this todo.' }),
  })
  .meta({ id: 'Todo' });
export type TodoResource = z.infer<typeof TodoResource>;
