import { describe, expect, it } from 'vitest';
import '../../src/scenarios/all.ts';
import { Playground } from '../../src/state/playground.svelte.ts';
import { sceneAt } from '../../src/state/street.ts';
import { FakeEngines } from './fakes.ts';

const file = (body: unknown, name = 'frame.json') =>
  new File([typeof body === 'string' ? body : JSON.stringify(body)], name);
const box = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });
const street = [
  { name: 'person', class: 0, confidence: 0.9, box: box(700, 380, 740, 460) },
  { name: 'car', class: 2, confidence: 0.3, box: box(900, 380, 1200, 520) },
  { name: 'dog', class: 16, confidence: 0.8, box: box(1, 1, 20, 600) },
];

async function opened() {
  const playground = new Playground(new FakeEngines().start);
  await playground.open('');
  return playground;
}

describe('a dropped file of detections', () => {
  it('becomes a further scene of driving, which is asked about next, and undo takes it away', async () => {
    const playground = await opened();
    const [report] = await playground.load([file(street)]);
    expect(report).toMatchObject({ problem: null });
    expect(report!.taken).toBe(
      '2 of 3 detections as scene 17; left out: 1 × dog (other class). The file does not say how large the image was: 1280 × 720 is taken.',
    );
    expect(playground.settings.scenario).toBe('driving');
    expect(playground.prompts).toHaveLength(17);
    const { things } = sceneAt(playground, 16);
    expect(things.map(({ kind, confidence }) => [kind, confidence])).toEqual([
      ['car', 0.3],
      ['pedestrian', 0.9],
    ]);
    const added = playground.dataset.candidates.at(-1)!;
    expect(added).toMatchObject({ prompt: 16, origin: 'added' });
    expect(playground.dataset.question.shown).toContain(added.id);
    expect(playground.notices.all.map(({ text }) => text).join()).toContain('1 × dog');
    playground.undo();
    expect(playground.settings.scenario).toBe('map');
  });

  it('is placed by the camera of the settings', async () => {
    const playground = await opened();
    playground.configure({ scenario: 'driving' });
    await playground.load([file(street)]);
    playground.configure({ cameraHeight: 2.8 });
    await playground.load([file(street)]);
    const [low, high] = [sceneAt(playground, 16), sceneAt(playground, 17)];
    const ahead = (scene: typeof low) => scene.things[1]!.x - 1.7 - 0.3;
    expect(ahead(high) / ahead(low)).toBeCloseTo(2, 2);
  });

  it('that is malformed changes nothing and says what is wrong', async () => {
    const playground = await opened();
    const before = playground.dataset;
    const [report] = await playground.load([file([{ name: 'car', confidence: 2, box: box(1, 2, 3, 4) }])]);
    expect(report!.problem).toContain('[0].confidence is 2');
    expect(playground.dataset).toBe(before);
    expect(playground.settings.scenario).toBe('map');
  });

  it('with 10,000 boxes keeps the nearest', async () => {
    const playground = await opened();
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      name: i % 2 ? 'person' : 'car',
      class: 0,
      confidence: 0.5,
      box: box(600, 300, 640, 400 + (i % 300)),
    }));
    const [report] = await playground.load([file(many)]);
    expect(report!.taken).toMatch(/^60 of 10000 detections/);
    expect(sceneAt(playground, 16).things).toHaveLength(60);
  });
});
