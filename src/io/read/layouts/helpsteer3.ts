import { quoted, RowTrouble } from '../trouble';
import { aboutOf, numberOf, promptRole } from './cells';
import type { PreferenceLayout } from './layout';
import { textOf } from './messages';
import type { Strength } from '../../../domain/comparison';

/** NVIDIA's HelpSteer3: two answers and a preference from −3 (the first is much better) to 3 (the second is). */
export const helpSteer3: PreferenceLayout = {
  name: 'helpsteer3',
  label: 'HelpSteer3: two answers, −3 to 3',
  gives: 'preferences',
  roles: [
    { name: 'first', label: 'first answer', guesses: ['response1'] },
    { name: 'second', label: 'second answer', guesses: ['response2'] },
    { name: 'overall', label: 'preference, −3 to 3', guesses: ['overall_preference'] },
    { ...promptRole, guesses: ['context', ...promptRole.guesses] },
  ],
  fits: (found) => found.has('first') && found.has('second') && found.has('overall'),
  start: (pen) => ({
    row: (cells) => {
      const overall = numberOf(cells('overall'), 'preference');
      if (!Number.isInteger(overall) || Math.abs(overall) > 3)
        throw new RowTrouble(`The preference is ${quoted(overall)}; it is a whole number from −3 to 3.`);
      const prompt = textOf(cells('prompt'), 'prompt');
      const left = pen.mention({ text: textOf(cells('first'), 'first answer'), prompt });
      const right = pen.mention({ text: textOf(cells('second'), 'second answer'), prompt });
      const verdict = overall === 0 ? 'tie' : overall < 0 ? 'left' : 'right';
      // Slightly better, better, much better are the upper three of the page's four grades.
      const strength = (Math.abs(overall) + 1) as Strength;
      pen.say({ kind: 'pair', left, right, verdict, ...(overall === 0 ? {} : { strength }) }, aboutOf(cells));
    },
  }),
};
