import { HOUSE, type PackageRooms, type Room } from './rooms.ts';

export interface Place {
  /** Folder of the package. */
  folder: string;
  package: PackageRooms;
}

export interface PlaceInRoom extends Place {
  name: string;
  room: Room;
}

/** The value of the longest prefix that matches. */
function longest<T>(file: string, entries: readonly (readonly [prefix: string, value: T])[]): T | undefined {
  const fitting = entries.filter(([prefix]) =>
    prefix === '' || prefix.endsWith('/') ? file.startsWith(prefix) : file === prefix,
  );
  return fitting.sort(([a], [b]) => b.length - a.length)[0]?.[1];
}

export function findPlace(file: string): Place | undefined {
  return longest(
    file,
    Object.entries(HOUSE).map(([folder, each]) => [`${folder}/`, { folder, package: each }] as const),
  );
}

export function findRoom(file: string): PlaceInRoom | undefined {
  const place = findPlace(file);
  if (!place) return undefined;
  const entries = Object.entries(place.package.rooms).flatMap(([name, room]) =>
    (room.holds ?? [`src/${name}/`]).map((prefix) => [prefix, { ...place, name, room }] as const),
  );
  return longest(file.slice(place.folder.length + 1), entries);
}
