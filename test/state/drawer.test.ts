import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import { random } from '../../src/domain/random.ts';
import { Drawer } from '../../src/state/drawer.ts';

/** Of prompt p, and of the held-out side where the key is 0. */
const candidate = (id: number, prompt: number, splitKey = 1): Candidate => ({
  id,
  prompt,
  values: [id],
  origin: 'start',
  splitKey,
});

describe('what is drawn to be compared', () => {
  const pool = Array.from({ length: 60 }, (_, id) => candidate(id, id % 5, id % 3 === 0 ? 0 : 1));
  const drawer = new Drawer(pool, 0.2);

  it.each([2, 3, 4])('%i candidates answer the same prompt, on the same side of the split', (count) => {
    const source = random(1, 'drawer');
    for (let k = 0; k < 200; k++) {
      const drawn = drawer.several(count, source);
      expect(new Set(drawn.map(({ id }) => id)).size).toBe(count);
      expect(new Set(drawn.map(({ prompt, splitKey }) => `${prompt}/${splitKey}`)).size).toBe(1);
    }
  });

  it('one without company is not asked about; the wanted one is, where it has company', () => {
    const alone = candidate(99, 7);
    const wider = new Drawer([...pool, alone], 0.2);
    const source = random(2, 'drawer');
    for (let k = 0; k < 200; k++) expect(wider.pair(source).map(({ id }) => id)).not.toContain(99);
    expect(wider.pair(source, alone).map(({ id }) => id)).not.toContain(99);
    expect(wider.pair(source, pool[7]).map(({ id }) => id)).toContain(7);
  });

  it('two strangers are better than nothing', () => {
    const strangers = new Drawer([candidate(1, 0), candidate(2, 1)], 0.2);
    expect(
      strangers
        .pair(random(3))
        .map(({ id }) => id)
        .sort(),
    ).toEqual([1, 2]);
  });
});
