import { describe, expect, it } from 'vitest';
import { fullName, isSameRepository, RepositoryName } from './repository.ts';

describe('a repository', () => {
  it('is its owner and its name', () => {
    const repository = RepositoryName.parse('acme/todo');

    expect(repository).toEqual({ owner: 'acme', name: 'todo' });
    expect(fullName(repository)).toBe('acme/todo');
  });

  it.each(['', 'acme', 'acme/', '/todo', 'acme/todo/more', 'acme /todo', 'https://github.com/acme/todo'])(
    'is not %j',
    (text) => {
      expect(RepositoryName.safeParse(text).error?.issues[0]?.message).toBe('must be owner/name');
    },
  );

  it('is the same in any case', () => {
    expect(isSameRepository({ owner: 'Acme', name: 'TODO' }, { owner: 'acme', name: 'todo' })).toBe(true);
    expect(isSameRepository({ owner: 'acme', name: 'todo' }, { owner: 'acme', name: 'todos' })).toBe(false);
  });
});
