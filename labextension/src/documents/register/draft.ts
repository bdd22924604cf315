// What is typed into the register form: its fields, what is wrong with them, what is sent.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { InspectionCreate, PackageCreate, TargetType } from '../../api/types';
import { thresholdProblem } from '../package/deployment';
import { aliasProblem, nameProblem, readTag, tagProblem } from '../package/rules';
import type { Column } from '../package/shape';
import { readSignature } from './signatureText';

export type FormKind = 'custom' | 'external';

/** The fields as texts, as they are typed. */
export interface Fields {
  name: string;
  description: string;
  target: string;
  /** Empty: told by the model or the data. */
  targetType: TargetType | '';
  /** With commas between, or one a line. */
  classes: string;
  positive: string;
  threshold: string;
  /** The holdout's column with predictions, of a model that is not asked. */
  predictions: string;
  /** A line for each column: `name: type`. */
  signature: string;
  location: string;
  environment: string;
  kernelspec: string;
  /** Whether the code in the model's pickles is said to be one's own: `yes`, or empty. */
  own: 'yes' | '';
  /** A line for each: `key: value`. */
  tags: string;
  aliases: string;
}

export type FieldName = keyof Fields;

export const EMPTY: Fields = {
  name: '',
  description: '',
  target: '',
  targetType: '',
  classes: '',
  positive: '',
  threshold: '',
  predictions: '',
  signature: '',
  location: '',
  environment: '',
  kernelspec: '',
  own: '',
  tags: '',
  aliases: ''
};

/** The API's names of the fields, by which errors name them. */
const API_NAMES: Record<string, FieldName> = {
  target_name: 'target',
  target_type: 'targetType',
  class_labels: 'classes',
  positive_class: 'positive',
  prediction_threshold: 'threshold',
  build_environment: 'environment',
  own_code: 'own'
};

/** The field of the form, or what else of it, that an error's field is about. */
export function fieldOf(name: string): string {
  const first = name.split('.', 1)[0];
  return API_NAMES[first] ?? first;
}

/** The class labels of a text. */
export function readClasses(text: string): string[] {
  const all = text.split(text.includes('\n') ? '\n' : ',').map(label => label.trim());
  return all.filter(Boolean);
}

/** The class labels as a text that `readClasses` reads. */
export function classesText(labels: readonly string[]): string {
  const lines = labels.some(label => label.includes(','));
  // a line end tells that commas are part of the labels
  return lines ? labels.map(label => `${label}\n`).join('') : labels.join(', ');
}

export function lines(text: string): string[] {
  const all = text.split('\n').map(line => line.trim());
  return all.filter(Boolean);
}

export function readAliases(text: string): string[] {
  const all = text.split(/[,\s]+/).map(alias => alias.replace(/^@/, ''));
  return [...new Set(all.filter(Boolean))];
}

/** Whether a field is asked for, given the kind and the type of the target. */
export function asksFor(field: FieldName, kind: FormKind, fields: Fields): boolean {
  switch (field) {
    case 'classes':
      return ['', 'binary', 'multiclass'].includes(fields.targetType);
    case 'target':
    case 'signature':
      return fields.targetType !== 'unstructured';
    case 'positive':
    case 'threshold':
      return fields.targetType === 'binary';
    case 'location':
    case 'environment':
    case 'predictions':
      return kind === 'external';
    case 'kernelspec':
    case 'own':
      return kind === 'custom';
    default:
      return true;
  }
}

/** What is wrong, by field; what nobody has typed yet is as wrong as a wrong value. */
export function problems(
  kind: FormKind,
  fields: Fields,
  trans: TranslationBundle
): Partial<Record<FieldName, string>> {
  const found: Partial<Record<FieldName, string>> = {};
  const needed = trans.__('This is needed.');
  found.name = fields.name.trim() ? nameProblem(fields.name.trim(), trans) : needed;
  found.target = fields.target.trim() || fields.targetType === 'anomaly' ? undefined : needed;
  found.targetType = fields.targetType ? undefined : needed;
  found.classes = classesProblem(fields, trans);
  if (thresholdProblem(fields.threshold)) {
    found.threshold = trans.__('A number from 0 to 1.');
  }
  const read = readSignature(fields.signature);
  if (read.wrongLine !== undefined) {
    found.signature = trans.__(
      'Line %1 is not understood: write “name: type”, with “?” after the type if it may be missing.',
      read.wrongLine
    );
  } else if (read.twice !== undefined) {
    found.signature = trans.__('The column “%1” is there twice.', read.twice);
  }
  found.aliases = readAliases(fields.aliases)
    .map(alias => aliasProblem(alias, trans))
    .find(Boolean);
  found.tags = lines(fields.tags)
    .map(line => tagProblem(line, trans))
    .find(Boolean);
  return Object.fromEntries(
    Object.entries(found).filter(
      ([name, said]) => said !== undefined && asksFor(name as FieldName, kind, fields)
    )
  );
}

function classesProblem(fields: Fields, trans: TranslationBundle): string | undefined {
  const labels = readClasses(fields.classes);
  if (new Set(labels).size !== labels.length) {
    return trans.__('Each class once, please.');
  }
  if (fields.targetType === 'binary' && labels.length !== 2) {
    return trans.__('A binary target has two classes.');
  }
  if (fields.targetType === 'multiclass' && labels.length < 3) {
    return trans.__('A multiclass target has three or more classes.');
  }
  return undefined;
}

/** The positive class: the one chosen, or the last. */
export function positiveOf(fields: Fields): string | undefined {
  const labels = readClasses(fields.classes);
  return labels.includes(fields.positive) ? fields.positive : labels[labels.length - 1];
}

/** What an inspection is told: what was typed, not what an inspection said before. */
export function inspectionBody(
  kind: FormKind,
  fields: Fields,
  typed: ReadonlySet<FieldName>,
  files: { model: readonly string[]; training?: string; holdout?: string }
): InspectionCreate {
  const said = (field: FieldName) =>
    typed.has(field) && asksFor(field, kind, fields) && fields[field].trim() !== '';
  const threshold = Number(fields.threshold);
  return {
    kind,
    ...(kind === 'custom' ? { files: [...files.model] } : {}),
    ...(files.training ? { training: files.training } : {}),
    ...(files.holdout ? { holdout: files.holdout } : {}),
    ...(said('target') ? { target_name: fields.target.trim() } : {}),
    ...(said('targetType') ? { target_type: fields.targetType as TargetType } : {}),
    ...(said('classes') ? { class_labels: readClasses(fields.classes) } : {}),
    ...(said('positive') ? { positive_class: fields.positive } : {}),
    ...(said('threshold') && !thresholdProblem(fields.threshold)
      ? { prediction_threshold: threshold }
      : {}),
    ...(said('predictions') ? { predictions: fields.predictions.trim() } : {}),
    ...(said('kernelspec') ? { kernelspec: fields.kernelspec } : {}),
    ...(said('own') ? { own_code: true } : {})
  };
}

/** The package to be registered: what was found, and over it what the fields say. */
export function packageBody(
  kind: FormKind,
  fields: Fields,
  found: Record<string, unknown>
): PackageCreate {
  const type = fields.targetType as TargetType;
  const { columns } = readSignature(fields.signature);
  const threshold = fields.threshold.trim();
  const tags = Object.fromEntries(lines(fields.tags).map(readTag));
  const aliases = readAliases(fields.aliases);
  const text = (name: string, value: string) => (value.trim() ? { [name]: value.trim() } : {});
  return {
    ...found,
    kind,
    name: fields.name.trim(),
    description: fields.description.trim(),
    target_name: type === 'unstructured' ? '' : fields.target.trim(),
    target_type: type,
    class_labels: type === 'binary' || type === 'multiclass' ? readClasses(fields.classes) : [],
    positive_class: type === 'binary' ? (positiveOf(fields) ?? null) : null,
    prediction_threshold: type === 'binary' && threshold ? Number(threshold) : null,
    signature: type === 'unstructured' ? [] : (columns as unknown as Record<string, unknown>[]),
    ...(kind === 'external'
      ? { ...text('location', fields.location), ...text('build_environment', fields.environment) }
      : {}),
    ...(kind === 'custom' && fields.own ? { own_code: true } : {}),
    tags,
    aliases
  };
}

/** What an inspection found, as texts of the fields. */
export function fieldsFound(found: Record<string, unknown>): Partial<Fields> {
  const filled: Partial<Fields> = {};
  const {
    target_name,
    target_type,
    class_labels,
    positive_class,
    prediction_threshold,
    signature
  } = found;
  if (typeof target_name === 'string') {
    filled.target = target_name;
  }
  if (typeof target_type === 'string') {
    filled.targetType = target_type as TargetType;
  }
  if (Array.isArray(class_labels)) {
    filled.classes = classesText(class_labels as string[]);
  }
  if (typeof positive_class === 'string') {
    filled.positive = positive_class;
  }
  if (typeof prediction_threshold === 'number') {
    filled.threshold = String(prediction_threshold);
  }
  if (Array.isArray(signature)) {
    filled.signature = (signature as unknown as Column[])
      .map(({ name, dtype, nullable }) => `${name}: ${dtype}${nullable ? '?' : ''}`)
      .join('\n');
  }
  return filled;
}
