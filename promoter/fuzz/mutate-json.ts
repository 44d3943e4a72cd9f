// Mutations of a JSON value: another type, a missing field, a name of the prototype, at any depth.
import * as fc from 'fast-check';
import { nastyValue } from './nasty.ts';

interface Mutation {
  /** Which of the value's places, from 0 to 1. */
  at: number;
  kind: 'replace' | 'remove' | 'rename' | 'wrap' | 'repeat';
  value: unknown;
  name: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('replace', 'remove', 'rename', 'wrap', 'repeat'),
  value: nastyValue,
  name: fc.constantFrom('__proto__', 'constructor', 'toString', '', 'name', 'commits'),
});

type Container = Record<string, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Every container with each of its keys. */
function placesOf(value: unknown, places: [Container, string][] = []): [Container, string][] {
  if (!isContainer(value)) return places;
  for (const key of Object.keys(value)) {
    places.push([value, key]);
    if (places.length < 500) placesOf(value[key], places);
  }
  return places;
}

/** An own property, whatever its name is. */
function put(container: Container, name: string, value: unknown): void {
  Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
}

function apply(value: unknown, { at, kind, value: other, name }: Mutation): unknown {
  const places = placesOf(value);
  const place = places[Math.floor(at * places.length)];
  if (!place) return other;
  const [container, key] = place;
  if (Array.isArray(container) && kind !== 'remove' && kind !== 'rename')
    container[Number(key)] = changed(container[Number(key)]);
  else if (kind === 'remove') delete container[key];
  else if (kind === 'rename') {
    put(container, Array.isArray(container) ? '0' : name, container[key]);
    if (!Array.isArray(container)) delete container[key];
  } else put(container, key, changed(container[key]));
  return value;

  function changed(current: unknown): unknown {
    if (kind === 'wrap') return { [key]: [current] };
    if (kind === 'repeat') return Array.from({ length: 30 }, () => current);
    return other;
  }
}

export const mutateJson = <Original>(originals: readonly Original[]): fc.Arbitrary<[Original, unknown]> =>
  fc
    .tuple(fc.constantFrom(...originals), fc.array(mutation, { maxLength: 4 }))
    .map(([original, mutations]) => [
      original,
      mutations.filter(isFirstRepeat).reduce<unknown>((value, one) => apply(value, one), structuredClone(original)),
    ]);

/** Repeating what repeats already makes texts longer than JavaScript can hold. */
const isFirstRepeat = ({ kind }: Mutation, index: number, all: readonly Mutation[]): boolean =>
  kind !== 'repeat' || all.findIndex((one) => one.kind === 'repeat') === index;
