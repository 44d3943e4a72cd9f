// Arrows between rooms and between packages.
import type { Finding } from '../check.ts';
import { findPlace, findRoom, type PlaceInRoom } from './find-room.ts';
import { type Package, packageOf } from './read-packages.ts';
import { type Import, isTest, type Source } from './read-sources.ts';
import { HOUSE, VENDORS } from './rooms.ts';

const TABLE = 'tools/validate/src/architecture/rooms.ts';

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'nothing');

/** Imports of another package: by its name, and only where the table allows it. */
function betweenPackages(file: string, { specifier, target = '' }: Import): string | undefined {
  const own = findPlace(file);
  if (!own || findPlace(target)?.folder === own.folder) return undefined;
  if (specifier.startsWith('.')) return 'another package is imported by its name, from what its package.json exports';
  const allowed = [...own.package.imports, ...(isTest(file) ? own.package.testsImport : [])];
  return allowed.includes(packageOf(specifier))
    ? undefined
    : `of our packages, ${own.folder} may import only ${list(allowed)}`;
}

/** Imports of another room of the same package. */
function betweenRooms({ folder, name, room }: PlaceInRoom, target: string): string | undefined {
  if (isTest(target)) return 'sources import no tests';
  const other = findRoom(target);
  if (!other || other.folder !== folder || other.name === name || room.imports.includes(other.name)) return undefined;
  return `${name} may import only ${list([name, ...room.imports])}; this is in ${other.name}`;
}

/** Imports of packages, ours or not, from a room that names those it may import. */
function fromOutside({ name, room }: PlaceInRoom, { specifier, isTypeOnly }: Import): string | undefined {
  const { packages, types = [] } = room;
  if (specifier.startsWith('.') || !packages) return undefined;
  if (packages.includes(specifier) || (isTypeOnly && types.includes(specifier))) return undefined;
  const ofTypes = types.length > 0 ? ` and the types of ${list(types)}` : '';
  return `of packages, ${name} may import only ${list(packages)}${ofTypes}`;
}

function findingsOf({ file, imports }: Source, names: ReadonlySet<string>): Finding[] {
  const place = findPlace(file);
  if (!place) return [{ where: file, what: `no package of ${TABLE} holds it: enter its folder there` }];
  const room = isTest(file) ? undefined : findRoom(file);
  if (!room && !isTest(file))
    return [
      { where: file, what: `it is in no room of ${place.folder}: move it to one, or enter a new one in ${TABLE}` },
    ];
  return imports.flatMap((each) => {
    const { specifier, target, line } = each;
    const isOurs = target !== undefined || names.has(packageOf(specifier));
    const wrong = [
      isOurs ? betweenPackages(file, each) : undefined,
      room && target !== undefined ? betweenRooms(room, target) : undefined,
      room ? fromOutside(room, each) : undefined,
    ];
    return wrong.flatMap((what) =>
      what === undefined ? [] : [{ where: `${file}:${line}`, what: `imports ${specifier}: ${what}` }],
    );
  });
}

/** Rooms of the table that hold no source any more. */
function emptyRooms(sources: readonly Source[]): Finding[] {
  const inhabited = new Set(
    sources.flatMap(({ file }) => {
      const found = isTest(file) ? undefined : findRoom(file);
      return found ? [`${found.folder}: ${found.name}`] : [];
    }),
  );
  return Object.entries(HOUSE).flatMap(([folder, { rooms }]) =>
    Object.keys(rooms)
      .map((name) => `${folder}: ${name}`)
      .filter((room) => !inhabited.has(room))
      .map((room) => ({ where: TABLE, what: `${room} is empty: take it out of the table` })),
  );
}

export function roomFindings(sources: readonly Source[], packages: readonly Package[]): Finding[] {
  const names = new Set(packages.map(({ name }) => name));
  return [...sources.flatMap((source) => findingsOf(source, names)), ...emptyRooms(sources)];
}

/** Imports of vendors' clients outside the folders that may have them. */
export function vendorFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const vendor = VENDORS.find(({ packages }) => packages.test(specifier));
      if (!vendor || vendor.folders.some((folder) => file.startsWith(folder))) return [];
      const what = `imports ${specifier}: only ${list(vendor.folders)} may, so that its types go no further`;
      return [{ where: `${file}:${line}`, what }];
    }),
  );
}

/** Packages that resolve only because another package of the repository depends on them. */
export function dependencyFindings(sources: readonly Source[], packages: readonly Package[]): Finding[] {
  return sources.flatMap(({ file, imports }) => {
    const own = packages.find(({ folder }) => file.startsWith(`${folder}/`));
    if (!own) return [];
    const isShipped = file.startsWith(`${own.folder}/src/`) && !isTest(file);
    return imports.flatMap(({ specifier, line }) => {
      const name = packageOf(specifier);
      if (/^[.#]|^node:/.test(specifier) || name === own.name || own.dependencies.has(name)) return [];
      if (!isShipped && own.devDependencies.has(name)) return [];
      const what = `imports ${specifier}: ${own.folder}/package.json must name it under ${isShipped ? 'dependencies' : 'devDependencies'}`;
      return [{ where: `${file}:${line}`, what }];
    });
  });
}
