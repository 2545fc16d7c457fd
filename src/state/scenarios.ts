let loading: Promise<unknown> | null = null;

/** Loads the scenarios that the first paint did without. Where they cannot be had, the others go on; asked again, it tries again. */
export const loadScenarios = (): Promise<unknown> =>
  (loading ??= import('../scenarios/all').catch(() => (loading = null)));
