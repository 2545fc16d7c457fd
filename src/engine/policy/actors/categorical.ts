import { packContents, type Content, type Contents } from '../../../domain/content';
import type { Settings } from '../../../domain/settings';
import { CategoricalFamily, type CategoricalActions } from '../families/categorical';
import type { PackedData } from '../../protocol';
import { contentOfRow } from '../../world';
import { groupSizeOf, overContents, type Actor } from './actor';

const nameOf = (prompt: number, values: ArrayLike<number>): string =>
  `${prompt}/${Array.from(values).join()}`;

/** A choice among each prompt's starting candidates. Prompts without any are never drawn. */
export function categoricalActor(data: PackedData, { samples }: Settings): Actor {
  const rows = Array.from(data.ids.keys()).filter((row) => data.starting[row] === 1);
  const { width } = data.contents;
  const byPrompt = new Map<number, Content[]>();
  for (const row of rows) {
    const content = contentOfRow(data, row);
    byPrompt.set(content.prompt, [...(byPrompt.get(content.prompt) ?? []), content]);
  }
  const prompts = [...byPrompt.keys()].sort((a, b) => a - b);
  const choices: readonly (readonly Content[])[] = prompts.map((prompt) => byPrompt.get(prompt)!);
  const family = new CategoricalFamily({
    candidates: choices.map(({ length }) => length),
    groupSize: groupSizeOf(samples),
  });
  const places = new Map(
    choices.flatMap((list, p) =>
      list.map(({ prompt, values }, k) => [nameOf(prompt, Float32Array.from(values)), [p, k] as const]),
    ),
  );

  const contentsOf = ({ prompts: of, choices: taken }: CategoricalActions): Contents =>
    packContents(
      Array.from(of, (p, i) => choices[p]![taken[i]!]!),
      width,
    );
  const actionsOf = ({ prompts: of, values, width: wide }: Contents): CategoricalActions => {
    const found = Array.from(of, (prompt, i) => {
      const place = places.get(nameOf(prompt, values.subarray(i * wide, (i + 1) * wide)));
      if (!place) throw new Error('A candidate that is none of the starting ones cannot be chosen.');
      return place;
    });
    return {
      prompts: Int32Array.from(found, ([p]) => p),
      choices: Int32Array.from(found, ([, k]) => k),
    };
  };

  return {
    family: overContents(family, contentsOf, actionsOf),
    start: family.initial(),
    details: (theta) => {
      const probabilities = new Float32Array(family.prompts * family.width);
      family
        .logProbabilities(theta)
        .forEach((row, p) => probabilities.set(row.map(Math.exp), p * family.width));
      return { prompts: Float32Array.from(prompts), probabilities };
    },
    tracked: [],
    track: () => [],
    narrowest: () => Infinity,
  };
}
