import { register } from '.';
import { assistant } from './assistant';
import { driving } from './driving';
import { linear } from './linear';

/** The registry: a new scenario is one folder and one line here. */
for (const scenario of [assistant, driving, linear]) register(scenario);
