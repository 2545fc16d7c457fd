import { mount } from 'svelte';
import App from './App.svelte';
import './views/theme.css';

const target = document.getElementById('app')!;
if (location.hash === '#bench')
  void import('./views/bench/BenchPage.svelte').then(({ default: BenchPage }) =>
    mount(BenchPage, { target }),
  );
else mount(App, { target });
