import { register } from '.';
import { linear } from './linear';

/** The registry: a new scenario is one folder and one line here. */
for (const scenario of [linear]) register(scenario);
