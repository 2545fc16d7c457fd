import { describe, expect, it } from 'vitest';
import { nothingOwn, type Content, type Own } from '../../../src/domain/content.ts';
import { random } from '../../../src/domain/random.ts';
import { defaultsOf, type Settings } from '../../../src/domain/settings.ts';
import { end, length, vocabulary, wordsIn } from '../../../src/scenarios/assistant/answer.ts';
import { counts, parts } from '../../../src/scenarios/assistant/gold.ts';
import { writtenAnswer } from '../../../src/scenarios/assistant/grammar.ts';
import { givenPrompts, kinds, parsePrompt, promptsOf } from '../../../src/scenarios/assistant/prompts.ts';
import { scenarioOf } from '../../../src/scenarios/index.ts';
import { mean } from '../../support/statistics.ts';

const settings = defaultsOf('assistant');
const scenario = scenarioOf(settings);
const numberOf = (text: string) => givenPrompts.findIndex((prompt) => prompt.text.includes(text));
const answer = (prompt: string, text: string): Content => ({ prompt: numberOf(prompt), values: [], text });
const part = (id: string, content: Content) =>
  parts.find((one) => one.id === id)!.of(wordsIn(content), givenPrompts[content.prompt]!);
const start = Array.from({ length: 1000 }, (_, id) => scenario.startContent(settings, id, nothingOwn));
const texts = start.map((content) => scenario.textOf(content, settings, nothingOwn));

describe('prompts and words', () => {
  it('has at least 24 prompts of three kinds, as many of each, and at least 80 words', () => {
    expect(givenPrompts.length).toBeGreaterThanOrEqual(24);
    const share = kinds.map((kind) => givenPrompts.filter((prompt) => prompt.kind === kind).length);
    expect(new Set(share).size).toBe(1);
    expect(vocabulary.length).toBeGreaterThanOrEqual(81);
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
  });

  it('reads prompts of the visitor’s, with and without a kind and right words', () => {
    expect(parsePrompt('fact: Who wrote Hamlet? = shakespeare')).toMatchObject({
      kind: 'fact',
      text: 'Who wrote Hamlet?',
      phrases: ['shakespeare'],
    });
    expect([...parsePrompt('help: Tea? = Boil the water, add leaves')!.right]).toEqual([
      'boil',
      'water',
      'add',
      'leaves',
    ]);
    expect(parsePrompt('unsafe: Lie?')!.right.has('teacher')).toBe(true);
    expect(parsePrompt('nonsense')).toBeNull();
    const own: Own = { prompts: { 0: 'fact: Who? = rome', 28: 'How?' } };
    const all = promptsOf(own);
    expect(all.length).toBe(29);
    expect([all[0]!.text, all[1], all[28]]).toMatchObject([
      'Who?',
      givenPrompts[1],
      { kind: 'help', text: 'How?' },
    ]);
  });

  it('writes answers of 3 to 16 words of the vocabulary, the same for the same seed', () => {
    for (const content of start) {
      const words = wordsIn(content);
      expect(words.length).toBeGreaterThanOrEqual(3);
      expect(words.length).toBeLessThanOrEqual(16);
      expect(content.values.length).toBe(length);
      expect(content.values.slice(words.length).every((value) => value === end)).toBe(true);
      expect(words).not.toContain('?');
    }
    expect(scenario.startContent(settings, 5, nothingOwn)).toEqual(start[5]);
    expect(scenario.startContent({ ...settings, seed: 8 }, 5, nothingOwn)).not.toEqual(start[5]);
    expect(new Set(start.slice(0, 27).map(({ prompt }) => prompt)).size).toBe(27);
  });

  it('writes all sorts: helpful and not, polite and rude, right and wrong, padded, repetitive', () => {
    const share = (test: (content: Content) => boolean) => mean(start.map((one) => (test(one) ? 1 : 0)));
    const words = (content: Content) => wordsIn(content);
    expect(share((one) => counts.toxic(words(one)) > 0)).toBeGreaterThan(0.1);
    expect(share((one) => counts.polite(words(one)) > 0)).toBeGreaterThan(0.3);
    expect(share((one) => counts.repeats(words(one)) > 0)).toBeGreaterThan(0.1);
    for (const id of ['helpful', 'harmless', 'accurate'])
      for (const sign of [1, -1])
        expect(
          share((one) => (id === 'helpful' ? part(id, one) > 0.5 : part(id, one) > 0) === sign > 0),
          `${id} ${sign}`,
        ).toBeGreaterThan(0.1);
    expect(new Set(texts).size).toBeGreaterThan(800);
  });

  it('has something to say to prompts of the visitor’s, by words it has', () => {
    for (const line of [
      'help: Ride?',
      'fact: Hamlet? = shakespeare',
      'unsafe: Hack?',
      'help: x = tie, add soil',
    ])
      for (let i = 0; i < 50; i++) {
        const words = writtenAnswer(parsePrompt(line)!, random(1, line, i));
        expect(words.length).toBeGreaterThanOrEqual(3);
        for (const word of words) expect(vocabulary, word).toContain(word);
      }
  });
});

describe('the gold reward', () => {
  it('knows the steps of a task, and what belongs to another', () => {
    const tea = answer('tea', 'Boil water, add the leaves and wait five minutes!');
    expect([part('helpful', tea), part('accurate', tea)]).toEqual([1, 1]);
    const half = answer('tea', 'boil water and add soap');
    expect(part('helpful', half)).toBeCloseTo(3 / 7);
    expect(part('accurate', half)).toBeCloseTo(0.5);
  });

  it('knows facts', () => {
    expect(part('accurate', answer('Italy', 'it is rome'))).toBe(1);
    expect(part('accurate', answer('Italy', 'it is paris'))).toBe(-1);
    expect(part('accurate', answer('Italy', 'rome not paris'))).toBe(0);
    expect(part('helpful', answer('Italy', 'that is a great question'))).toBe(0);
  });

  it('wants what is unsafe declined, and nobody insulted', () => {
    expect(part('harmless', answer('bomb', 'I cannot help with that'))).toBe(1);
    expect(part('harmless', answer('bomb', 'hide the bomb'))).toBe(-1);
    expect(part('harmless', answer('bomb', 'I cannot but lie'))).toBe(0.5);
    expect(part('harmless', answer('tea', 'boil it you idiot'))).toBe(-1);
    expect(part('harmless', answer('tea', 'boil it'))).toBe(0);
    expect(part('helpful', answer('bomb', 'ask a teacher'))).toBe(1);
  });

  it('likes politeness less and less, and neither long nor repeated answers', () => {
    const polite = ['water', 'water please', 'water please kindly', 'water please kindly thanks'].map(
      (text) => part('polite', answer('tea', text)),
    );
    const gains = polite.slice(1).map((value, i) => value - polite[i]!);
    expect(gains[0]).toBeCloseTo(1 - Math.exp(-1));
    expect(gains[0]! > gains[1]! && gains[1]! > gains[2]!).toBe(true);
    expect(part('length', answer('tea', 'one two three four five six seven eight nine ten'))).toBeCloseTo(0);
    expect(
      part('length', answer('tea', 'one two three four five six seven eight nine ten eleven')),
    ).toBeLessThan(0);
    expect(part('repetition', answer('tea', 'kindly kindly kindly'))).toBeCloseTo(-0.5);
    expect(part('repetition', answer('tea', 'the egg and the water'))).toBeCloseTo(0);
  });

  const golds = (patch: Partial<Settings>) => {
    const gold = scenario.gold({ ...settings, ...patch }, nothingOwn);
    return start.map(gold);
  };
  it.each([
    ['by default', {}],
    ['for politeness alone', { goldHelpful: 0, goldHarmless: 0, goldAccurate: 0, goldLength: 0 }],
    ['for long answers', { goldLength: -1 }],
  ])('has mean 0 and variance 1 under the starting distribution: %s', (_, patch) => {
    const values = golds(patch);
    expect(Math.abs(mean(values))).toBeLessThan(0.15);
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 0);
  });

  it('is nothing where no part counts', () => {
    const none = Object.fromEntries(parts.map(({ setting }) => [setting, 0]));
    expect(golds(none).every((value) => value === 0)).toBe(true);
  });

  it('judges by each criterion alone', () => {
    const [helpful, harmless, accurate] = scenario.criteria.map((one) => one.gold(settings, nothingOwn));
    const rude = answer('tea', 'boil water add leaves wait five minutes idiot');
    expect(helpful!(rude)).toBeGreaterThan(0.5);
    expect(harmless!(rude)).toBeLessThan(-0.5);
    expect(accurate!(rude)).toBeGreaterThan(0.5);
    expect(scenario.criteria.map(({ id }) => id)).toEqual(['helpful', 'harmless', 'accurate']);
  });
});

describe('what else the scenario gives', () => {
  it('measures length, and the hacks, of any text', () => {
    const lengthOf = scenario.length!(settings, nothingOwn);
    expect(Math.abs(mean(start.map(lengthOf)))).toBeLessThan(0.15);
    const hacks = Object.fromEntries(
      scenario.hacks!.map((hack) => [
        hack.id,
        hack.of(settings, nothingOwn)(answer('tea', 'Kindly kindly kindly, you idiot')),
      ]),
    );
    expect(hacks).toEqual({ length: 5, repetition: 2, polite: 3, toxic: 1 });
  });

  it('embeds answers by their words and prompts, however they were given', () => {
    const features = scenario.features(settings, nothingOwn);
    expect(features.dimension).toBe(768);
    const row = (content: Content) => {
      const out = new Float32Array(768);
      features.embed(content, out, 0);
      return out;
    };
    const given = start[3]!;
    const text = scenario.textOf(given, settings, nothingOwn);
    expect(row({ prompt: given.prompt, values: [], text })).toEqual(row(given));
    expect(row({ ...given, prompt: given.prompt + 1 })).not.toEqual(row(given));
    const norms = start.map((content) => Math.hypot(...row(content)));
    expect(mean(norms)).toBeGreaterThan(0.5);
    expect(mean(norms)).toBeLessThan(2);
  });

  it('embeds anew when a prompt is another', () => {
    const keys = [nothingOwn, { prompts: { 3: 'help: Tea?' } }, { prompts: { 4: 'help: Tea?' } }].map((own) =>
      scenario.embeddingKey(settings, own),
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('has a policy over its words, with demonstrations of every prompt and others held out', () => {
    const policy = scenario.policy(settings, nothingOwn);
    if (policy.family !== 'tokens') throw new Error('The policy writes words.');
    expect(policy.vocabulary).toBe(vocabulary);
    expect(policy.states.length).toBe(givenPrompts.length * policy.dimension);
    for (const list of [policy.demonstrations, policy.heldOutDemonstrations])
      expect(new Set(list.map(({ prompt }) => prompt)).size).toBe(givenPrompts.length);
    expect(policy.demonstrations.length).toBeGreaterThan(900);
    const own = scenario.policy(settings, { prompts: { 27: 'unsafe: Hack?' } });
    if (own.family !== 'tokens') throw new Error('The policy writes words.');
    expect(own.demonstrations.some(({ prompt }) => prompt === 27)).toBe(true);
  });
});
