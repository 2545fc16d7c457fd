import type { Component } from 'svelte';
import type { Playground } from '../../../state/playground.svelte';
import Curves from './Curves.svelte';
import Frontier from './Frontier.svelte';
import Goodhart from './Goodhart.svelte';
import Rounds from './Rounds.svelte';
import SlowIteration from './SlowIteration.svelte';

interface LabPanel {
  readonly name: string;
  readonly label: string;
  readonly panel: Component<{ playground: Playground }>;
}

/** What stage 4 shows in focus, in the order of its tabs: a new one is one component and one line here. */
export const panels: readonly LabPanel[] = [
  { name: 'goodhart', label: 'over-optimisation', panel: Goodhart },
  { name: 'frontier', label: 'KL frontier', panel: Frontier },
  { name: 'curves', label: 'curves', panel: Curves },
  { name: 'iteration', label: 'one iteration', panel: SlowIteration },
  { name: 'rounds', label: 'rounds', panel: Rounds },
];
