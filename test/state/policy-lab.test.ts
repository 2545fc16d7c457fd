import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import type { StudyLine, Walk } from '../../src/engine/protocol.ts';
import { PolicyLab, walkPhases, type LabBench } from '../../src/state/policy-lab.svelte.ts';
import { Run } from '../../src/state/run.svelte.ts';

const line: StudyLine = { label: 'β 0', root: [0, 1], proxy: [0, 2], gold: [0, 1], problem: null };

/** A bench that notes what is asked of it; requests wait until they are answered. */
function bench(patch: Partial<LabBench> = {}) {
  const asked: string[] = [];
  let answer: { resolve: (result: never) => void; reject: (error: Error) => void };
  const note =
    (name: string) =>
    (...values: unknown[]): Promise<void> => {
      asked.push([name, ...values].join(' '));
      return Promise.resolve();
    };
  const lab = new PolicyLab({
    run: new Run(),
    settings: { ...defaultSettings, rounds: 2, roundIterations: 5, roundLabels: 7, roundSteps: 10 },
    request: ({ kind }) => {
      asked.push(kind);
      return new Promise((resolve, reject) => (answer = { resolve, reject }));
    },
    cancel: () => void asked.push('cancel'),
    pause: () => void asked.push('pause'),
    labelDrifted: (count) => void note('label')(count),
    train: note('train'),
    optimise: note('optimise'),
    fail: (error) => void note('fail')((error as Error).message),
    ...patch,
  });
  return { lab, asked, answer: () => answer };
}

describe('a study', () => {
  it('tells how far it is, keeps what was found when it is cancelled, and says nothing of that', async () => {
    const { lab, asked, answer } = bench();
    const done = lab.runStudy('penalties');
    lab.hear({ kind: 'study', request: 1, done: 2, total: 8, lines: [line] });
    expect(lab.study).toMatchObject({ share: 0.25, running: true });
    await lab.runStudy('optimisers'); // one at a time
    lab.cancelStudy();
    answer().reject(new Error('cancelled.'));
    await done;
    expect(lab.study).toMatchObject({ running: false, lines: [line] });
    expect(asked).toEqual(['pause', 'study', 'cancel']);
  });

  it('that fails says why', async () => {
    const { lab, asked, answer } = bench();
    const done = lab.runStudy('optimisers');
    answer().reject(new Error('There is no comparison.'));
    await done;
    expect(lab.study).toBeNull();
    expect(asked.at(-1)).toBe('fail There is no comparison.');
  });
});

describe('the slow iteration', () => {
  it('goes part by part, back, and on to the next iteration', async () => {
    const { lab, asked, answer } = bench();
    const walk = { iteration: 1 } as Walk;
    const first = lab.walkOn();
    expect(lab.walking).toBe(true);
    answer().resolve(walk as never);
    await first;
    const seen = [lab.walk!.phase];
    for (let k = 1; k < walkPhases.length; k++) {
      await lab.walkOn();
      seen.push(lab.walk!.phase);
    }
    expect(seen).toEqual([...walkPhases]);
    lab.walkBack();
    expect(lab.walk!.phase).toBe('ratios');
    await lab.walkOn();
    const next = lab.walkOn();
    answer().resolve({ ...walk, iteration: 2 } as never);
    await next;
    expect(lab.walk).toMatchObject({ phase: 'sample', walk: { iteration: 2 } });
    expect(asked.filter((what) => what === 'walk')).toHaveLength(2);
    lab.endWalk();
    expect(lab.walk).toBeNull();
  });
});

describe('rounds', () => {
  it('optimise, label and retrain in turn, and optimise once more', async () => {
    const { lab, asked } = bench();
    await lab.runRounds();
    const round = ['optimise 5', 'label 7', 'train 10'];
    expect(asked).toEqual(['pause', ...round, ...round, 'optimise 5']);
    expect(lab.marks.map(({ round: number }) => number)).toEqual([1, 2]);
    expect(lab.round).toBeNull();
    lab.rewind(-1);
    expect(lab.marks).toEqual([]);
  });

  it('stop where they are', async () => {
    const made = bench({ optimise: () => Promise.resolve(made.lab.stopRounds()) });
    await made.lab.runRounds();
    expect(made.asked).toEqual(['pause', 'cancel']);
    expect(made.lab.round).toBeNull();
  });

  it('that fail say why and end', async () => {
    const { lab, asked } = bench({ optimise: () => Promise.reject(new Error('Nothing to learn from.')) });
    await lab.runRounds();
    expect(asked).toEqual(['pause', 'fail Nothing to learn from.']);
    expect(lab.round).toBeNull();
  });
});
