import { RowTrouble } from '../trouble';
import { marginOf, role } from './cells';
import type { PreferenceLayout } from './layout';
import { textOf } from './messages';

const human = '\n\nHuman:';
const assistant = '\n\nAssistant:';

/** Anthropic's hh-rlhf: two whole transcripts, alike up to the last turn of the assistant. */
export const hhRlhf: PreferenceLayout = {
  name: 'hh-rlhf',
  label: 'hh-rlhf: two transcripts',
  gives: 'preferences',
  roles: [role('chosen', 'chosen'), role('rejected', 'rejected'), role('margin', 'margin')],
  fits: (found) => {
    const isTranscript = (text: unknown) =>
      typeof text === 'string' && text.includes(human) && text.includes(assistant);
    return (
      isTranscript(found.example('chosen')) &&
      isTranscript(found.example('rejected')) &&
      !found.column('prompt')
    );
  },
  start: (pen) => ({
    row: (cells) => {
      const [chosen, rejected] = [
        textOf(cells('chosen'), 'chosen one'),
        textOf(cells('rejected'), 'rejected one'),
      ];
      if (chosen === rejected) throw new RowTrouble('Chosen and rejected are the same.');
      let alike = 0;
      while (alike < Math.min(chosen.length, rejected.length) && chosen[alike] === rejected[alike])
        alike += 1;
      const turn = chosen.slice(0, alike).lastIndexOf(assistant);
      if (turn < 0)
        throw new RowTrouble(
          'The two transcripts have no prompt in common that ends with a turn of the assistant.',
        );
      const prompt = promptOf(chosen.slice(0, turn));
      const answer = (text: string) => text.slice(turn + assistant.length).replace(/^ /, '');
      pen.prefer(
        { text: answer(chosen), prompt },
        { text: answer(rejected), prompt },
        {},
        marginOf(cells('margin')),
      );
    },
  }),
};

/** Of a single turn its text alone; of several the transcript. */
function promptOf(turns: string): string {
  const single = turns.startsWith(human) && !turns.includes(human, 1) && !turns.includes(assistant);
  return single ? turns.slice(human.length).replace(/^ /, '') : turns.trim();
}
