// How the page is laid out, from a phone to a projector, in the light and in the dark, and whether everybody can use it.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import { button, notice, reach, stage, stageNames, visiting } from './visiting.ts';

const visit = visiting();

const phone = { width: 360, height: 780 };
const tablet = { width: 1024, height: 768 };
const laptop = { width: 1440, height: 900 };
const projector = { width: 1920, height: 1080 };
const screens = [
  ['a phone', phone],
  ['a tablet', tablet],
  ['a laptop', laptop],
  ['a projector', projector],
] as const;

interface Part {
  name: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Indexes of the parts it is inside of. */
  inside: number[];
}

/** The parts of a stage that one reads, looks at or works with, each as far as it is not scrolled or cut away. */
const partsOf = (page: Page, name: (typeof stageNames)[number]): Promise<Part[]> =>
  stage(page, name).evaluate((section) => {
    const blocks =
      'figure, [role="application"], [role="slider"], [role="region"], [data-setting], [data-stat], [data-side], button, progress, summary, fieldset';
    /** Where the letters of an element's own text are, without the space above and below them. */
    const letters = (element: Element): DOMRect | null => {
      const text = [...element.childNodes].find(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim(),
      );
      if (!text) return null;
      const range = document.createRange();
      range.selectNodeContents(text);
      const { x, y, width, height } = range.getBoundingClientRect();
      return new DOMRect(x, y + 0.2 * height, width, 0.6 * height);
    };
    /** What looks like text is as large as its letters; around them there may be room to press. */
    const isPlain = (element: Element) => element.matches('button[aria-describedby]');
    const boxOf = (element: Element): DOMRect | null =>
      element.matches(blocks) && !isPlain(element) ? element.getBoundingClientRect() : letters(element);

    const parts = [...section.querySelectorAll<HTMLElement>('*')].flatMap((element) => {
      const seen = element.checkVisibility({ visibilityProperty: true }) && !element.closest('.sr-only');
      const box = seen ? boxOf(element) : null;
      if (!box) return [];
      let { left, top, right, bottom } = box;
      for (let parent = element.parentElement; parent; parent = parent.parentElement) {
        if (getComputedStyle(parent).overflow === 'visible') continue;
        const clip = parent.getBoundingClientRect();
        [left, top] = [Math.max(left, clip.left), Math.max(top, clip.top)];
        [right, bottom] = [Math.min(right, clip.right), Math.min(bottom, clip.bottom)];
      }
      return right - left > 2 && bottom - top > 2 ? [{ element, left, top, right, bottom }] : [];
    });
    return parts.map(({ element, ...box }) => {
      const { setting, stat } = element.dataset;
      const name = element.getAttribute('aria-label') ?? setting ?? stat ?? element.innerText.slice(0, 30);
      const inside = parts.flatMap(({ element: other }, i) =>
        other !== element && other.contains(element) ? [i] : [],
      );
      return { name: `${element.tagName.toLowerCase()} ${name}`, ...box, inside };
    });
  });

/** Pairs of parts that lie over each other, though neither is inside the other. */
function overlaps(parts: readonly Part[]): string[] {
  const found: string[] = [];
  for (const [i, a] of parts.entries())
    for (const [k, b] of parts.entries()) {
      if (k <= i || a.inside.includes(k) || b.inside.includes(i)) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1)
        found.push(`${a.name} and ${b.name} by ${wide.toFixed(1)} × ${high.toFixed(1)}`);
    }
  return found;
}

/**
 * What can be pressed or moved, is smaller than 24 × 24 pixels, and does not take a press at 12 pixels from its middle
 * either, as it would by a label around it or a margin that belongs to it.
 */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const what = 'button, a[href], input, select, summary, [role="slider"], [role="application"]';
    const near = 11; // a pixel less, as points are rounded to pixels
    const small = (element: HTMLElement): boolean => {
      const labels = [...((element as HTMLInputElement).labels ?? [])];
      // An input that is drawn by its label is pressed on its label.
      const target = element.matches('.sr-only') ? labels[0]! : element;
      target.scrollIntoView({ block: 'center', inline: 'center' });
      const { left, top, width, height } = target.getBoundingClientRect();
      if (width >= 23.9 && height >= 23.9) return false;
      const [x, y] = [left + width / 2, top + height / 2];
      const around = [
        [x - near, y],
        [x + near, y],
        [x, y - near],
        [x, y + near],
      ] as const;
      return !around.every((place) => {
        const there = document.elementFromPoint(...place);
        return [element, ...labels].some((one) => one.contains(there));
      });
    };
    return [...document.querySelectorAll<HTMLElement>(what)]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => !element.closest('[inert]') && small(element))
      .map((element) => {
        const { width, height } = element.getBoundingClientRect();
        const name = element.getAttribute('aria-label') ?? element.innerText;
        return `${element.tagName.toLowerCase()} "${name.slice(0, 40)}" ${width.toFixed(0)} × ${height.toFixed(0)}`;
      });
  });

/** Lets the loop run so far that everything has something to show. */
async function runAWhile(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await window.playground.train(20);
    await window.playground.optimise(20);
  });
}

const width = (page: Page) =>
  page.evaluate(() => ({ page: document.documentElement.scrollWidth, window: innerWidth }));

describe.each(screens)('on %s', (_, size) => {
  it('nothing is wider than the window, nothing covers anything, everything can be hit and reached', async () => {
    const page = await visit(size);
    await runAWhile(page);
    const measured = await width(page);
    expect(measured.page).toBeLessThanOrEqual(measured.window);

    for (const name of stageNames) {
      const section = stage(page, name);
      const heading = section.getByRole('heading', { level: 2 });
      await heading.scrollIntoViewIfNeeded();
      const box = (await heading.boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(size.width);
      const parts = await partsOf(page, name);
      expect(parts.length, name).toBeGreaterThan(5);
      expect(overlaps(parts), name).toEqual([]);
      expect(
        await section.evaluate((element) => element.scrollHeight - element.clientHeight),
        name,
      ).toBeLessThanOrEqual(1);
    }
    expect(await smallTargets(page)).toEqual([]);
  });
});

describe('the four stages', () => {
  it.each([laptop, projector])('stand side by side and need no scrolling at %j', async (size) => {
    const page = await visit(size);
    await runAWhile(page);
    const boxes = await Promise.all(stageNames.map(async (name) => (await stage(page, name).boundingBox())!));
    for (const [i, { x, y, height }] of boxes.entries()) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height, stageNames[i]).toBeLessThanOrEqual(size.height);
      if (i > 0) expect(x).toBeGreaterThan(boxes[i - 1]!.x + boxes[i - 1]!.width);
    }
    // The picture of each can be seen, and so can the way back to the labels.
    for (const name of stageNames)
      expect(await stage(page, name).locator('canvas').first().isVisible(), name).toBe(true);
    const back = (await button(page, /^label what the policy does now/).boundingBox())!;
    expect(back.y + back.height).toBeLessThanOrEqual(size.height);
  });

  it('stack on a phone, with a bar that leads to each', async () => {
    const page = await visit(phone);
    const boxes = await Promise.all(stageNames.map(async (name) => (await stage(page, name).boundingBox())!));
    for (const [i, { y }] of boxes.entries())
      if (i > 0) expect(y).toBeGreaterThanOrEqual(boxes[i - 1]!.y + boxes[i - 1]!.height);
    const bar = page.getByRole('navigation', { name: 'stages' });
    for (const name of [...stageNames].reverse()) {
      const link = bar.getByRole('link').nth(stageNames.indexOf(name));
      await link.click();
      const heading = stage(page, name).getByRole('heading', { level: 2 });
      await expect
        .poll(async () => {
          const top = (await heading.boundingBox())!.y;
          const under = await bar.boundingBox();
          return top >= under!.y + under!.height - 1 && top < phone.height / 2;
        })
        .toBe(true);
    }
    expect(new URL(page.url()).hash, 'the hash is for the settings').toBe('');
  });

  it.each([
    ['laptop', laptop],
    ['phone', phone],
  ])('each can be opened over the full width, and closed again, on a %s', async (_, size) => {
    const page = await visit(size);
    await runAWhile(page);
    for (const name of stageNames) {
      await button(stage(page, name), /^open .* full width$/).click();
      const open = await stage(page, name).boundingBox();
      expect(open!.width).toBeGreaterThan(0.9 * size.width);
      for (const other of stageNames) expect(await stage(page, other).count()).toBe(other === name ? 1 : 0);
      expect(overlaps(await partsOf(page, name)), name).toEqual([]);
      const measured = await width(page);
      expect(measured.page).toBeLessThanOrEqual(measured.window);
      if (name === 'policy') await page.keyboard.press('Escape');
      else await button(stage(page, name), /^close/).click();
      for (const other of stageNames) await stage(page, other).waitFor();
    }
  });
});

describe('colours', () => {
  const ground = (page: Page) =>
    page.evaluate(() => {
      const [r, g, b] = getComputedStyle(document.body)
        .backgroundColor.match(/\d+(\.\d+)?/g)!
        .map(Number);
      return (r! + g! + b!) / 3;
    });

  it('follow the system, and what is chosen instead, also after a reload', async () => {
    const page = await visit({ colorScheme: 'dark' });
    expect(await ground(page)).toBeLessThan(60);
    await button(page, 'more').click();
    await page.locator('[popover="auto"]:popover-open').getByText('light', { exact: true }).click();
    await expect.poll(() => ground(page)).toBeGreaterThan(200);
    await page.reload();
    await stage(page, 'policy').waitFor();
    expect(await ground(page)).toBeGreaterThan(200);
    const light = await visit({ colorScheme: 'light' });
    expect(await ground(light)).toBeGreaterThan(200);
  });
});

describe('everybody can use it, by what axe finds', () => {
  async function expectNoViolations(page: Page, when: string): Promise<void> {
    const violations = await axeViolations(page);
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
    expect(found, when).toEqual([]);
  }

  it.each([
    ['a laptop in the light', { ...laptop, colorScheme: 'light' as const }],
    ['a laptop in the dark', { ...laptop, colorScheme: 'dark' as const }],
    ['a phone', phone],
    ['a phone in the dark', { ...phone, colorScheme: 'dark' as const }],
  ])('on %s: at first, with notices, and after a run', async (_, options) => {
    const page = await visit({ ...options, hash: '#colour=blue&simulated=0' });
    await expectNoViolations(page, 'at first, with a notice about the link');
    await button(page, 'play the loop').click();
    await notice(page, 'data').waitFor();
    await expectNoViolations(page, 'with nothing to learn from');
    await button(notice(page, 'data'), /simulate/).click();
    await page.keyboard.press('ArrowLeft');
    await reach(page, { step: 10 });
    await expectNoViolations(page, 'while it plays');
    await button(page, 'pause the loop').click();
    await runAWhile(page);
    await page.evaluate(() => window.playground.configure({ showGold: true, pairSource: 'policy' }));
    await expectNoViolations(page, 'after a run');
  });

  it('with the menus open, everything unfolded, and each stage over the full width', async () => {
    const page = await visit(laptop);
    await runAWhile(page);
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
    await expectNoViolations(page, 'unfolded');
    for (const open of [page.locator('[data-backend]'), button(page, 'more')]) {
      await open.click();
      for (const summary of await page.locator('[popover] summary:visible').all()) await summary.click();
      await expectNoViolations(page, 'a menu open');
      await page.keyboard.press('Escape');
    }
    for (const name of stageNames) {
      await button(stage(page, name), /^open .* full width$/).click();
      await expectNoViolations(page, `${name} over the full width`);
      await button(stage(page, name), /^close/).click();
    }
  });
});
