import type { Settings } from '../domain/settings';
import { scenarioOf } from '../scenarios';
import { candidateMap, nameOf, type Dataset, type Question } from './dataset';

/** What is asked about the cards, in words. */
export function askedOf({ shown, criterion }: Question, settings: Settings): string {
  const { criteria } = scenarioOf(settings);
  const at = criteria.findIndex(({ id }) => id === criterion);
  if (at >= 0) return `${criteria[at]!.question} (${at + 1} of ${criteria.length})`;
  switch (settings.mode) {
    case 'pair':
    case 'criteria':
      return 'Which one is better?';
    case 'strength':
      return 'Which one is better, and by how much?';
    case 'best':
      return `Which of these ${shown.length} is the best?`;
    case 'ranking':
      return 'In which order, best first?';
    case 'rating':
      return 'How good is this one?';
  }
}

/** The question for those who cannot see the cards: what is asked, and what is shown where. */
export function askedAloud(dataset: Dataset, settings: Settings): string {
  const { question, candidates } = dataset;
  const byId = candidateMap({ ...dataset, candidates: [...candidates, ...question.fresh] });
  const names = question.shown.map((id) => nameOf(byId.get(id) ?? { id, origin: 'start' }));
  const places = settings.mode === 'best' || settings.mode === 'ranking';
  const list = names.map((name, i) => (places ? `${i + 1}: ${name}` : name));
  return `${askedOf(question, settings)} ${list.join(places ? ', ' : ' or ')}`;
}
