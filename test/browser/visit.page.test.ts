// A first visit with the mouse: press play, and see the whole story.
import { describe, expect, it } from 'vitest';
import {
  button,
  comparisons,
  pictureOf,
  progress,
  reach,
  ready,
  series,
  stage,
  standstill,
  stat,
  visiting,
} from './visiting.ts';

describe('the first visit', () => {
  const visit = visiting('webgpu');

  it('shows the whole story after one press of play', async () => {
    const page = await visit();
    await page.getByRole('region', { name: '40 comparisons, newest first' }).waitFor();
    expect(await comparisons(page)).toHaveLength(40);
    expect((await comparisons(page)).every(({ annotator }) => annotator === 'simulated')).toBe(true);
    const { backend } = await ready(page);
    await page.locator(`[data-backend="${backend}"]`).waitFor();
    const before = {
      reward: await pictureOf(stage(page, 'reward')),
      policy: await pictureOf(stage(page, 'policy')),
    };

    await button(page, 'play the loop').click();
    await reach(page, { step: 160, iteration: 25 });

    const [proxy, kl, loss] = [
      await series(page, 'proxyReward'),
      await series(page, 'kl'),
      await series(page, 'loss'),
    ];
    expect(proxy.y.at(-1)! - proxy.y[0]!, 'the proxy rose').toBeGreaterThan(1);
    expect(kl.y.at(-1)! - kl.y[0]!, 'the policy drifted').toBeGreaterThan(1);
    expect(loss.y.at(-1)!, 'the model learned').toBeLessThan(0.65);
    // And so the page says.
    expect(Number(await stat(page, 'reward', 'steps'))).toBeGreaterThanOrEqual(150);
    expect(await stat(page, 'policy', 'proxy reward')).toMatch(/^\+[1-9]/);
    expect(parseFloat(await stat(page, 'policy', 'KL'))).toBeGreaterThan(1);
    expect(parseFloat(await stat(page, 'reward', 'loss'))).toBeLessThan(0.69);
    expect(await pictureOf(stage(page, 'reward'))).not.toBe(before.reward);
    expect(await pictureOf(stage(page, 'policy'))).not.toBe(before.policy);

    await button(page, 'pause the loop').click();
    await button(page, 'play the loop').waitFor();
    const { iteration } = await standstill(page);
    expect(iteration).toBeGreaterThanOrEqual(25);
    expect(await page.locator('[data-notice]').count(), 'nothing to complain about').toBe(0);
  });
});

describe('the buttons of the loop and of the stages', () => {
  const visit = visiting();

  it('step the loop: first the reward model, after its warm-up the policy; reset begins again', async () => {
    const page = await visit({ hash: '#warmup=10&stepsPerIteration=2' });
    await ready(page);
    const steps = () => stat(page, 'reward', 'steps').then(Number);
    await button(page, 'step the loop').click();
    await expect.poll(steps).toBe(1);
    expect((await progress(page)).iteration).toBe(0);

    await page.evaluate(() => window.playground.train(9));
    await button(page, 'step the loop').click();
    await reach(page, { iteration: 1 });
    await expect.poll(steps).toBe(12);
    await button(page, 'step the loop').click();
    await reach(page, { iteration: 2 });
    await expect.poll(steps).toBe(14);
    expect(await standstill(page)).toMatchObject({ iteration: 2 });

    await button(page, 'reset the loop').click();
    await expect.poll(steps).toBe(0);
    expect(await progress(page)).toEqual({ step: 0, iteration: 0 });
    expect(await comparisons(page), 'labels stay').toHaveLength(40);
    await button(page, 'step the loop').click();
    await expect.poll(steps).toBe(1);
  });

  it('play, step and reset stage 3 alone, and then stage 4 alone', async () => {
    const page = await visit();
    await ready(page);
    const [reward, policy] = [stage(page, 'reward'), stage(page, 'policy')];
    await button(reward, 'play Reward model').click();
    await reach(page, { step: 60 });
    await button(reward, 'pause Reward model').click();
    const trained = await standstill(page);
    expect(trained.iteration, 'the policy waited').toBe(0);
    const steps = () => stat(page, 'reward', 'steps').then(Number);
    const stepsNow = await steps();
    await button(reward, 'step Reward model').click();
    await expect.poll(steps).toBe(stepsNow + 1);

    await button(policy, 'play Policy').click();
    await reach(page, { iteration: 8 });
    await button(policy, 'pause Policy').click();
    const { iteration } = await standstill(page);
    const frozen = await steps();
    expect(frozen, 'the reward model waited').toBe(stepsNow + 1);
    await button(policy, 'step Policy').click();
    await reach(page, { iteration: iteration + 1 });
    expect((await standstill(page)).iteration).toBe(iteration + 1);
    expect(await steps()).toBe(frozen);

    await button(policy, 'reset Policy').click();
    await expect.poll(() => series(page, 'kl')).toEqual({ x: [], y: [] });
    expect(await steps(), 'the reward model stays').toBe(frozen);
    await button(reward, 'reset Reward model').click();
    await expect.poll(steps).toBe(0);
  });

  it('playing one part pauses the other', async () => {
    const page = await visit();
    await ready(page);
    await button(page, 'play the loop').click();
    await button(page, 'play Reward model').click();
    await button(page, 'pause Reward model').waitFor();
    await button(page, 'play the loop').waitFor();
  });
});
