/** What the first paint does not need: all of stage 2 but pairs and the list. Loaded as one. */
export { default as Review } from './Review.svelte';
export { default as AskBest } from './modes/AskBest.svelte';
export { default as AskRanking } from './modes/AskRanking.svelte';
export { default as AskRating } from './modes/AskRating.svelte';
export { default as AskStrength } from './modes/AskStrength.svelte';
