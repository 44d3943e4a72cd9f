import { z } from 'zod';

/** Unicode's control characters; everything else is kept as it was sent. */
const CONTROL_CHARACTER = /\p{Cc}/u;

const Title = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters')
  .refine((title) => !CONTROL_CHARACTER.test(title), 'must not contain control characters');
const Order = z.int32();

export const NewTodo = z.strictObject({
  title: Title,
  completed: z.boolean().default(false),
  order: Order.nullable().default(null),
});
export type NewTodo = z.infer<typeof NewTodo>;

export const TodoPatch = z
  .strictObject({ title: Title, completed: z.boolean(), order: Order.nullable() })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'must change at least one of title, completed, order');
export type TodoPatch = z.infer<typeof TodoPatch>;

export interface Todo {
  id: number;
  title: string;
  completed: boolean;
  order: number | null;
}
