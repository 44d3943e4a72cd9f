import { z } from 'zod';
import { documentedAs } from '../api-document/documented-as.ts';

/** Unicode's control characters are refused; everything else is stored as it was sent. */
const CONTROL_CHARACTER = /\p{Cc}/u;
const MAX_TITLE_CHARACTERS = 500;
/** Text that PostgreSQL returns as it was sent: no control characters, no unpaired surrogates. */
const PLAIN_TEXT = String.raw`[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*`;

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
  .refine((text) => text.isWellFormed(), 'must not contain an unpaired surrogate')
  .meta(
    documentedAs({
      type: 'string',
      minLength: 1,
      maxLength: MAX_TITLE_CHARACTERS,
      pattern: `^${PLAIN_TEXT}[^\\s\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]${PLAIN_TEXT}$`,
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
