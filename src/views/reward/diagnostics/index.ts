export { default as Diagnostics } from './Diagnostics.svelte';
export { default as DiagnosticPicture } from './DiagnosticPicture.svelte';
