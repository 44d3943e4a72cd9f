import { describe, expect, it } from 'vitest';
import { parseApplicationName, spellingsOf } from './application-name.ts';

describe("an Application's name in a promotion file", () => {
  it.each([
    ['todo-dev', { namespace: 'argocd', name: 'todo-dev' }],
    ['argocd/todo-dev', { namespace: 'argocd', name: 'todo-dev' }],
    ['team-a/todo-dev', { namespace: 'team-a', name: 'todo-dev' }],
  ])('%s has a namespace, written or not', (text, parsed) => {
    expect(parseApplicationName(text, 'argocd')).toEqual(parsed);
  });

  it("may be spelled with Argo CD's own namespace or without, and with any other", () => {
    expect(spellingsOf({ namespace: 'argocd', name: 'todo-dev' }, 'argocd')).toEqual(['todo-dev', 'argocd/todo-dev']);
    expect(spellingsOf({ namespace: 'team-a', name: 'todo-dev' }, 'argocd')).toEqual(['team-a/todo-dev']);
  });
});
