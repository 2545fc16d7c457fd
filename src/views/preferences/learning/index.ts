export { default as Learning } from './Learning.svelte';
