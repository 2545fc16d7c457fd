export { default as Lab } from './Lab.svelte';
