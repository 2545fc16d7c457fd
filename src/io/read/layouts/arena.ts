import type { Verdict } from '../../../domain/comparison';
import { RowTrouble } from '../trouble';
import { aboutRoles, aboutOf, listOf, promptRole, role, wordOf } from './cells';
import type { Cells, PreferenceLayout, Role } from './layout';
import { inCommon, isConversation, messagesOf, textOf, transcript } from './messages';
import { verdictOf } from './winner';

const only = (name: string, label: string, ...guesses: string[]): Role => ({ name, label, guesses });

/**
 * Votes of the chatbot arena. The older layout has one column for each outcome, and JSON lists of turns in texts; the
 * newer one has `winner` and whole conversations.
 */
export const arena: PreferenceLayout = {
  name: 'arena',
  label: 'Arena votes',
  gives: 'preferences',
  roles: [
    only('responseA', 'answer A', 'response_a', 'conversation_a'),
    only('responseB', 'answer B', 'response_b', 'conversation_b'),
    only('wonA', 'A won', 'winner_model_a'),
    only('wonB', 'B won', 'winner_model_b'),
    only('tied', 'tie', 'winner_tie'),
    role('winner', 'winner'),
    promptRole,
    ...aboutRoles,
  ],
  fits: (found) =>
    found.has('responseA') &&
    found.has('responseB') &&
    ((found.has('wonA') && found.has('wonB')) ||
      (found.has('winner') && listOf(found.example('responseA')) !== undefined)),
  start: (pen) => ({
    row: (cells) => {
      const { prompt, a, b } = answersOf(cells);
      const verdict = outcomeOf(cells);
      if (a === b) throw new RowTrouble('Both answers are the same.');
      const [left, right] = [pen.mention({ text: a, prompt }), pen.mention({ text: b, prompt })];
      pen.say({ kind: 'pair', left, right, verdict }, aboutOf(cells));
    },
  }),
};

function outcomeOf(cells: Cells): Verdict {
  const won = (role: string) => ['1', 'true', '1.0'].includes((wordOf(cells(role)) ?? '').toLowerCase());
  if (cells('wonA') === undefined) return verdictOf(cells('winner'));
  if (won('wonA')) return 'left';
  if (won('wonB')) return 'right';
  if (won('tied')) return 'tie';
  throw new RowTrouble('None of the outcomes is marked.');
}

function answersOf(cells: Cells): { prompt: string; a: string; b: string } {
  const [a, b] = [listOf(cells('responseA')), listOf(cells('responseB'))];
  if (isConversation(a) && isConversation(b)) {
    const [one, other] = [messagesOf(a), messagesOf(b)];
    const shared = Math.min(inCommon(one, other), one.length - 1, other.length - 1);
    return {
      prompt: transcript(
        one.slice(0, shared).length > 0 ? one.slice(0, shared) : [{ role: 'user', content: '' }],
      ),
      a: transcript(one.slice(shared)),
      b: transcript(other.slice(shared)),
    };
  }
  return {
    prompt: turns(cells('prompt'), 'prompt'),
    a: turns(cells('responseA'), 'answer A'),
    b: turns(cells('responseB'), 'answer B'),
  };
}

/** A list of turns, written as JSON, as one text; a turn may be null. */
function turns(cell: unknown, what: string): string {
  const list = listOf(cell);
  if (!list) return textOf(cell, what);
  const texts = list.filter((turn): turn is string => typeof turn === 'string' && turn !== '');
  if (texts.length === 0) throw new RowTrouble(`The ${what} is empty.`);
  return texts.join('\n\n');
}
