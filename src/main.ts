import { mount } from 'svelte';
import App from './App.svelte';
import { loadScenarios } from './state/scenarios';
import './views/theme.css';

const target = document.getElementById('app')!;
if (location.hash === '#bench')
  void import('./views/bench/BenchPage.svelte').then(({ default: BenchPage }) =>
    mount(BenchPage, { target }),
  );
// A link to another scenario is shown as that from the first paint.
else if (/[#&]scenario=/.test(location.hash)) void loadScenarios().then(() => mount(App, { target }));
else mount(App, { target });
