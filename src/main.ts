import { mount } from 'svelte';
import App from './App.svelte';
import './views/theme.css';

mount(App, { target: document.getElementById('app')! });
