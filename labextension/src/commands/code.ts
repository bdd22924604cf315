// Python that has a package or a deployment at hand, for a cell of a notebook.

/** A text as Python's literal: JSON's strings are Python's as well. */
function literal(text: string): string {
  return JSON.stringify(text);
}

export function packageCode(shown: { name: string; version: number }): string {
  return [
    'from jupyter_registry import Registry',
    '',
    `package = Registry().package(${literal(shown.name)}, ${shown.version})`,
    'package'
  ].join('\n');
}

export function deploymentCode(shown: { label: string }): string {
  return [
    'from jupyter_registry import Registry',
    '',
    `deployment = Registry().deployment(${literal(shown.label)})`,
    'deployment'
  ].join('\n');
}

export function leaderboardCode(shown: { id: number }): string {
  return [
    'from jupyter_registry import Registry',
    '',
    `board = Registry().leaderboard(${shown.id})`,
    'board'
  ].join('\n');
}

/** A cell as notebooks keep it. */
export function cellOf(source: string): { cell_type: 'code'; metadata: object; source: string } {
  return { cell_type: 'code', metadata: {}, source };
}
