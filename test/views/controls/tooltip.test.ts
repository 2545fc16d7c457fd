import { expect, it } from 'vitest';
import { placeBeside } from '../../../src/views/controls/tooltip';

const view = { width: 400, height: 300 };
const bubble = { width: 200, height: 60 };

it('stands above its term, or below where there is no room, and inside the window', () => {
  expect(placeBeside({ left: 50, top: 150, width: 40, height: 16 }, bubble, view)).toEqual({
    left: 50,
    top: 84,
  });
  expect(placeBeside({ left: 50, top: 20, width: 40, height: 16 }, bubble, view)).toEqual({
    left: 50,
    top: 42,
  });
  expect(placeBeside({ left: 380, top: 150, width: 40, height: 16 }, bubble, view).left).toBe(192);
});
