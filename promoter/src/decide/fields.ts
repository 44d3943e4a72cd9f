import { z } from 'zod';
import { didYouMean } from './closest-name.ts';

/** An object of these fields and no other; an unknown field is an error that names the nearest known one. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? describeUnknownFields(issue.keys, known) : undefined),
  });
}

function describeUnknownFields(written: readonly string[], known: readonly string[]): string {
  return written
    .map((name) => `${name} is no field here${didYouMean(name, known) || `; known are ${known.join(', ')}`}`)
    .join('; ');
}
