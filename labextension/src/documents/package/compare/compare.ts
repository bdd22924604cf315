// Two packages beside each other, and where they differ; no drawing.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { PackagePublic } from '../../../api/types';
import { measure, size } from '../../../format/numbers';
import { metricTitle } from '../../../monitoring/metrics';
import { kindName, targetTypeName } from '../../words';
import { baselineOf, columnsOf, provenanceOf, valueText } from '../shape';

export interface ComparedRow {
  name: string;
  /** What each has; `undefined` where it has nothing of that name. */
  left?: string;
  right?: string;
  differs: boolean;
}

export interface ComparedPart {
  id: string;
  title: string;
  rows: readonly ComparedRow[];
  /** Rows that differ. */
  differences: number;
}

/** Name → the value that is compared, and how it is shown. */
type Side = Map<string, readonly [value: unknown, shown: string]>;

/** All parts of which one of the two has something, in the order in which they are read. */
export function compare(
  left: PackagePublic,
  right: PackagePublic,
  trans: TranslationBundle
): readonly ComparedPart[] {
  const parts: [string, string, (shown: PackagePublic) => Side][] = [
    ['facts', trans.__('Facts'), shown => facts(shown, trans)],
    ['signature', trans.__('Signature'), shown => signature(shown, trans)],
    ['metrics', trans.__('Baseline metrics'), shown => metrics(shown, trans)],
    ['parameters', trans.__('Parameters'), shown => plain(provenanceOf(shown).parameters)],
    ['files', trans.__('Files'), files],
    ['libraries', trans.__('Libraries'), libraries]
  ];
  return parts
    .map(([id, title, read]) => part(id, title, read(left), read(right)))
    .filter(made => made.rows.length);
}

function part(id: string, title: string, left: Side, right: Side): ComparedPart {
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const rows = names.map(name => {
    const one = left.get(name);
    const other = right.get(name);
    return {
      name,
      left: one?.[1],
      right: other?.[1],
      differs: JSON.stringify(one?.[0]) !== JSON.stringify(other?.[0])
    };
  });
  return { id, title, rows, differences: rows.filter(row => row.differs).length };
}

function facts(shown: PackagePublic, trans: TranslationBundle): Side {
  const tags = Object.entries(shown.tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return side([
    [trans.__('Kind'), shown.kind, kindName(shown.kind, trans)],
    [trans.__('Target'), shown.target_name],
    [trans.__('Target type'), shown.target_type, targetTypeName(shown.target_type, trans)],
    [trans.__('Classes'), shown.class_labels, (shown.class_labels ?? []).join(', ')],
    [trans.__('Positive class'), shown.positive_class],
    [trans.__('Threshold'), shown.prediction_threshold],
    [trans.__('Format'), shown.format],
    [trans.__('Hosted at'), shown.location],
    [trans.__('Built with'), shown.build_environment],
    [trans.__('Description'), shown.description],
    [trans.__('Tags'), tags, tags.map(([key, value]) => tagText(key, value)).join(', ')]
  ]);
}

function signature(shown: PackagePublic, trans: TranslationBundle): Side {
  return side(
    columnsOf(shown).map(({ name, dtype, nullable }) => [
      name,
      [dtype, !!nullable],
      nullable ? trans.__('%1, may be missing', dtype) : dtype
    ])
  );
}

function metrics(shown: PackagePublic, trans: TranslationBundle): Side {
  return side(
    Object.entries(baselineOf(shown).metrics ?? {}).map(([name, { value }]) => [
      metricTitle(name, trans),
      value,
      measure(value)
    ])
  );
}

function files(shown: PackagePublic): Side {
  return side(
    (shown.files ?? []).map(file => [
      file.path,
      file.sha256,
      `${file.sha256.slice(0, 12)}… (${size(file.size)})`
    ])
  );
}

function libraries(shown: PackagePublic): Side {
  const { python, libraries } = provenanceOf(shown);
  return plain({ ...(python ? { python } : {}), ...libraries });
}

function plain(values: Record<string, unknown> | undefined): Side {
  return side(Object.entries(values ?? {}));
}

/** Of names, values and how they are shown; without the last as a text. */
function side(entries: readonly (readonly [string, unknown, string?])[]): Side {
  const made: Side = new Map();
  for (const [name, value, shown] of entries) {
    const empty = value === undefined || value === null || value === '';
    if (!empty && !(Array.isArray(value) && !value.length)) {
      made.set(name, [value, shown ?? valueText(value)]);
    }
  }
  return made;
}

/** A tag as it is written: `key: value`, or `key` alone. */
export function tagText(key: string, value: string): string {
  return value ? `${key}: ${value}` : key;
}
