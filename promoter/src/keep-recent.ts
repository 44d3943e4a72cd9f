/** Makes an entry the newest of its map; beyond `limit` the oldest goes. What is remembered without a bound is a leak. */
export function keepRecent<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}
