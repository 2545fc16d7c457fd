import type { ScenarioViews } from '../scenario-views';
import Below from './Below.svelte';
import Candidates from './Candidates.svelte';
import Card from './Card.svelte';
import Policy from './Policy.svelte';
import Reward from './Reward.svelte';
import Story from './Story.svelte';

/** Numbers, and what a linear layer makes of them. */
export const linear: ScenarioViews = { Candidates, Below, Card, Reward, Policy, Story };
