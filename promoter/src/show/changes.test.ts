import { describe, expect, it } from 'vitest';
import { createChanges } from './changes.ts';

describe('a change', () => {
  it('reaches everybody who subscribed, until they stop', () => {
    const changes = createChanges();
    const heard: string[] = [];
    const stop = changes.subscribe(() => void heard.push('one'));
    changes.subscribe(() => void heard.push('two'));
    changes.notify();
    stop();
    stop();
    changes.notify();

    expect(heard).toEqual(['one', 'two', 'two']);
  });

  it('may be heard by a listener that stops while it listens', () => {
    const changes = createChanges();
    changes.notify();
    const heard: string[] = [];
    const stop = changes.subscribe(() => {
      heard.push('one');
      stop();
    });
    changes.subscribe(() => void heard.push('two'));
    changes.notify();

    expect(heard).toEqual(['one', 'two']);
  });
});
