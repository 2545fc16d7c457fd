export type Theme = 'system' | 'light' | 'dark';
const key = 'theme';

/** What the visitor chose earlier; a browser that keeps nothing follows the system. */
export function savedTheme(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

export function applyTheme(theme: Theme = savedTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It holds for this visit.
  }
}
