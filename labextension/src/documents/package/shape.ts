// What the API leaves open about a package, as types: signature, baseline, provenance.
import type { PackagePublic, PackageSummary } from '../../api/types';

export interface Column {
  name: string;
  dtype: string;
  nullable?: boolean;
}

/** A column's distribution; bins of numbers and dates, or categories of the rest. */
export interface Histogram {
  dtype?: string;
  n?: number;
  missing?: number;
  counts?: number[];
  edges?: number[];
  categories?: string[];
  other?: number;
  mean?: number | null;
  std?: number | null;
  min?: number;
  max?: number;
  /** Of a feature: 0 to 1, that of the most important one being 1. */
  importance?: number;
}

export interface Baseline {
  metrics?: Record<string, { value?: number | null; n?: number }>;
  rows?: Partial<Record<'training' | 'holdout', number>>;
  features?: Record<string, Histogram>;
  target?: Histogram | null;
}

export interface Provenance {
  registered_at?: string;
  user?: string;
  notebook?: string;
  kernelspec?: string;
  python?: string;
  implementation?: string;
  platform?: string;
  libraries?: Record<string, string>;
  parameters?: Record<string, unknown>;
  importance?: string;
  /** Of a native package: whose model it was. */
  leaderboard?: { id: number; number: number; name: string };
  /** What the scan of its pickles found, under which policy, and whose word let it pass. */
  scan?: { policy?: string; own_code?: boolean; findings?: string[] };
  /** The trusted key that its files are signed with. */
  signed_by?: string;
  git?: { commit?: string; branch?: string | null; dirty?: boolean };
  [other: string]: unknown;
}

/** A deployment that has, or had, the package in service. */
export interface Service {
  id: number;
  label: string;
  state: 'active' | 'inactive' | 'archived';
  /** Whether the package is in service now. */
  champion: boolean;
}

export function columnsOf(shown: Pick<PackageSummary, 'signature'>): readonly Column[] {
  return (shown.signature ?? []) as unknown as Column[];
}

export function baselineOf(shown: Pick<PackagePublic, 'baseline'>): Baseline {
  return (shown.baseline ?? {}) as Baseline;
}

export function provenanceOf(shown: Pick<PackagePublic, 'provenance'>): Provenance {
  return (shown.provenance ?? {}) as Provenance;
}

export function servicesOf(shown: Pick<PackagePublic, 'deployments'>): readonly Service[] {
  return (shown.deployments ?? []) as unknown as Service[];
}

/** A fact with parts as a line for each; what these are made of is one line, of means the mean. */
export function factsOf(name: string, value: unknown): (readonly [string, string])[] {
  const shown = name.replace(/_/g, ' ');
  return isRecord(value)
    ? Object.entries(value).map(([part, of]) => [`${shown}: ${part.replace(/_/g, ' ')}`, line(of)])
    : [[shown, valueText(value)]];
}

function line(value: unknown): string {
  const parts = isRecord(value) ? Object.entries(value) : [];
  return parts.length
    ? parts
        .filter(([, part]) => part !== null)
        .map(
          ([part, of]) => `${part} ${isRecord(of) ? valueText(of['mean'] ?? of) : valueText(of)}`
        )
        .join(', ')
    : valueText(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of a parameter or a fact, as one line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) {
    return '–';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
