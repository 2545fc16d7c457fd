import { expect, it } from 'vitest';
import { isHeldOut, type Candidate } from '../../src/domain/candidate.ts';

const withKey = (splitKey: number): Candidate => ({
  id: 0,
  prompt: 0,
  values: [0, 0],
  origin: 'start',
  splitKey,
});

it('a candidate is held out when its key lies below the share, so that a larger share only adds some', () => {
  expect(isHeldOut(withKey(0), 0)).toBe(false);
  expect(isHeldOut(withKey(0.1), 0.2)).toBe(true);
  expect(isHeldOut(withKey(0.2), 0.2)).toBe(false);
  expect(isHeldOut(withKey(0.1), 0.5)).toBe(true);
});
