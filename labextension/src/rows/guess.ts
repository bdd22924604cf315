// Which column of a file is which, told by the names.
import type { DeploymentPublic } from '../api/types';

/** The first of the usual names that is a column; names are compared exactly, then in any case. */
export function guess(
  columns: readonly string[],
  usual: readonly (string | null | undefined)[]
): string {
  const names = usual.filter((name): name is string => !!name);
  for (const name of names) {
    if (columns.includes(name)) {
      return name;
    }
  }
  for (const name of names) {
    const found = columns.find(column => column.toLowerCase() === name.toLowerCase());
    if (found !== undefined) {
      return found;
    }
  }
  return '';
}

/** The one column that is none of those taken; empty when there are more of them, or none. */
export function onlyOther(columns: readonly string[], taken: readonly string[]): string {
  const others = columns.filter(column => !taken.includes(column));
  return others.length === 1 ? others[0] : '';
}

/** The column that a chosen name stands for, unless the file does not have it. */
export function known(chosen: string | undefined, columns: readonly string[]): string | undefined {
  return chosen === undefined || chosen === '' || columns.includes(chosen) ? chosen : undefined;
}

/** The columns that the server takes a reported prediction from, of those that are there. */
export function predictionColumns(shown: DeploymentPublic, columns: readonly string[]): string[] {
  const usual = ['prediction', 'probability'];
  usual.push(...(shown.class_labels ?? []).map(label => `probability_${label}`));
  return columns.filter(column => usual.includes(column));
}
