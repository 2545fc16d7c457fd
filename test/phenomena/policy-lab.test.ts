import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PolicyPoint } from '../../src/domain/metrics.ts';
import { random } from '../../src/domain/random.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import type { PackedData } from '../../src/engine/protocol.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { EngineRun } from '../support/engine-run.ts';
import { packedPairs } from '../support/packed.ts';
import { mean } from '../support/statistics.ts';
import { contentOf, nothingOwn } from '../../src/domain/content.ts';
import { packedPoints, pointsOf } from '../support/contents.ts';

// What holds over-optimisation back and what does not, as whole experiments over five seeds: each arm against one
// head on 60 comparisons and PPO without a penalty.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const seeds = [1, 2, 3, 4, 5];
const iterations = 100;

const arms = {
  plain: {},
  'KL penalty 0.3': { klCoefficient: 0.3 },
  'worst of five': { members: 5, combine: 'min' },
  'KL penalty 0.2': { klCoefficient: 0.2 },
  'worst of five, KL penalty 0.2': { members: 5, combine: 'min', klCoefficient: 0.2 },
  'best of n': { optimiser: 'best-of-n' },
} as const satisfies Record<string, Partial<Settings>>;

interface Outcome {
  readonly peak: number;
  readonly rise: number;
  readonly end: number;
  readonly proxyAfterPeak: number;
}
const outcomes = new Map<string, Outcome[]>();

function outcomeOf(points: readonly PolicyPoint[]): Outcome {
  const gold = points.map(({ goldReward }) => goldReward);
  const peak = Math.max(...gold);
  const at = gold.indexOf(peak);
  return {
    peak,
    rise: peak - gold[0]!,
    end: gold.at(-1)!,
    proxyAfterPeak: points.at(-1)!.proxyReward - points[at]!.proxyReward,
  };
}

async function run(seed: number, patch: Partial<Settings>, comparisons = 60): Promise<Outcome> {
  const settings = { ...defaultSettings, ...patch, seed };
  const engine = new EngineRun({ ...patch, seed }, simulatedData(settings, comparisons));
  await engine.train(200);
  await engine.optimise(iterations);
  const outcome = outcomeOf(engine.policyPoints);
  await engine.quiet();
  return outcome;
}

/** The data with `count` answers of the same annotator about what a policy does now. */
function withDrifted(
  data: PackedData,
  frame: EngineRun['lastFrame'],
  settings: Settings,
  count: number,
): Partial<PackedData> {
  const { mean: m, logStd } = frame.policy!.now.details;
  const gold = scenarioOf(settings).gold(settings, nothingOwn);
  const source = random(settings.seed, 'drifted');
  const coordinate = (d: number) => m![d]! + Math.exp(logStd![d]!) * source.normal();
  const draw = () => [coordinate(0), coordinate(1)] as const;
  const first = data.ids.length;
  const places: (readonly [number, number])[] = [];
  const pairs = Array.from({ length: count }, (_, k) => {
    const [a, b] = [draw(), draw()];
    places.push(a, b);
    const difference = gold(contentOf(...a)) - gold(contentOf(...b));
    const prefersA = source.uniform() < 1 / (1 + Math.exp(-difference / settings.temperature));
    return prefersA ? [first + 2 * k, first + 2 * k + 1] : [first + 2 * k + 1, first + 2 * k];
  });
  return {
    ids: Int32Array.from({ length: first + 2 * count }, (_, row) => row),
    ...packedPoints([...pointsOf(data), ...places]),
    ...packedPairs(
      [...data.chosen, ...pairs.map(([chosen]) => chosen!)],
      [...data.rejected, ...pairs.map(([, rejected]) => rejected!)],
      [...data.heldOut, ...pairs.map(() => 0)],
    ),
  };
}

/** Once the fall is noticed: going on as before, or after 40 labels of what the policy does and retraining. */
async function relabelled(seed: number): Promise<{ without: number; withLabels: number }> {
  const settings = { ...defaultSettings, seed };
  const end = async (label: boolean) => {
    const engine = new EngineRun({ seed, earlyStop: true }, simulatedData(settings, 60));
    await engine.train(200);
    await engine.optimise(iterations);
    engine.configure({ earlyStop: false });
    if (label) {
      engine.change(withDrifted(engine.data, engine.lastFrame, settings, 40));
      await engine.train(200);
    }
    const { goldReward } = await engine.optimise(60);
    await engine.quiet();
    return goldReward;
  };
  return { without: await end(false), withLabels: await end(true) };
}

const more: { few: Outcome[]; many: Outcome[] } = { few: [], many: [] };
const relabels: { without: number; withLabels: number }[] = [];

beforeAll(async () => {
  for (const [name, patch] of Object.entries(arms)) {
    const done: Outcome[] = [];
    for (const seed of seeds) done.push(await run(seed, patch));
    outcomes.set(name, done);
  }
  for (const seed of seeds) {
    more.few.push(await run(seed, {}, 20));
    more.many.push(await run(seed, {}, 300));
    relabels.push(await relabelled(seed));
  }
});

const average = (list: readonly Outcome[], what: keyof Outcome): number => mean(list.map((one) => one[what]));
const of = (arm: keyof typeof arms, what: keyof Outcome): number => average(outcomes.get(arm)!, what);

afterAll(() => {
  const say = (name: string, list: readonly Outcome[]) =>
    console.log(
      `${name}: peak ${average(list, 'peak').toFixed(2)}, end ${average(list, 'end').toFixed(2)}, proxy after the peak ${average(list, 'proxyAfterPeak').toFixed(2)}`,
    );
  for (const [name, list] of outcomes) say(name, list);
  say('20 comparisons', more.few);
  say('300 comparisons', more.many);
  console.log(
    `going on: ${relabels.map(({ without }) => without.toFixed(2)).join(' ')}; after relabelling: ${relabels.map(({ withLabels }) => withLabels.toFixed(2)).join(' ')}`,
  );
});

describe('over five seeds', () => {
  it('a KL penalty of 0.3 ends with at least 1 more gold than none', () => {
    expect(of('KL penalty 0.3', 'end')).toBeGreaterThan(of('plain', 'end') + 1);
  });

  it('the worst case of five heads peaks higher than one head', () => {
    expect(of('worst of five', 'peak')).toBeGreaterThan(of('plain', 'peak'));
  });

  it('the worst case of five heads under a KL penalty of 0.2 ends higher than one head under the same, and than without it', () => {
    expect(of('worst of five, KL penalty 0.2', 'end')).toBeGreaterThan(of('KL penalty 0.2', 'end'));
    expect(of('worst of five, KL penalty 0.2', 'end')).toBeGreaterThan(of('worst of five', 'end') + 1);
  });

  it('300 comparisons peak at least 0.05 higher than 20', () => {
    expect(average(more.many, 'peak')).toBeGreaterThan(average(more.few, 'peak') + 0.05);
  });

  it('40 labels of what the policy does once it falls, and retraining, end at least 1 higher than going on without', () => {
    expect(mean(relabels.map(({ withLabels }) => withLabels))).toBeGreaterThan(
      mean(relabels.map(({ without }) => without)) + 1,
    );
  });

  it.each(['plain', 'best of n'] as const)(
    'the gold falls after its peak while the proxy rises: %s',
    (arm) => {
      const turned = outcomes
        .get(arm)!
        .filter(({ peak, rise, end, proxyAfterPeak }) => peak - end > 0.1 * rise && proxyAfterPeak > 0);
      expect(turned.length).toBeGreaterThanOrEqual(4);
    },
  );
});
