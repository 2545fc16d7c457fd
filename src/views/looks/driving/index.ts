import type { ScenarioViews } from '../scenario-views';
import Below from './Below.svelte';
import Candidates from './Candidates.svelte';
import Card from './Card.svelte';
import Policy from './Policy.svelte';
import Reward from './Reward.svelte';
import Story from './Story.svelte';

/** Street scenes from above, with driven plans on them. */
export const driving: ScenarioViews = { Candidates, Below, Card, Reward, Policy, Story };
