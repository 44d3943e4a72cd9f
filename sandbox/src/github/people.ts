import type { Permission } from './world.ts';

export interface Member {
  login: string;
  name: string;
  role: string;
  permission: Permission;
  team?: string;
}

export const DEVELOPER: Member = {
  login: 'dana',
  name: 'Dana Developer',
  role: 'developer: writes code, may not release',
  permission: 'write',
};
export const RELEASE_MANAGER: Member = {
  login: 'rene',
  name: 'Rene Release',
  role: 'release manager: may approve prod',
  permission: 'maintain',
  team: 'release-managers',
};
export const READER: Member = {
  login: 'vera',
  name: 'Vera Viewer',
  role: 'reader: may read and comment',
  permission: 'read',
};

/** Three people with different rights suffice to try every rule about reviews. */
export const PEOPLE: readonly Member[] = [DEVELOPER, RELEASE_MANAGER, READER];
