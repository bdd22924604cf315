// A deployment's panel: timeline, days, drafts of settings, code.
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { DeploymentPublic, PackagePublic, ServicePeriod } from '../src/api/types';
import { ProblemError } from '../src/api/problems';
import { days } from '../src/documents/deployment/overview/days';
import { placed, previous } from '../src/documents/deployment/overview/periods';
import {
  bodyOf,
  changed,
  conflicts,
  type Draft,
  faults,
  inForce,
  withDraft
} from '../src/documents/deployment/settingsDraft';
import { isOvercome, type Job } from '../src/documents/deployment/rows/useJob';
import { asking, predicting, python, reporting, shell } from '../src/documents/deployment/snippets';

const trans = nullTranslator.load('jupyter_registry');

const period = (name: string, start: string, end?: string) =>
  ({ package: name, package_id: 1, start, end }) as ServicePeriod;

describe('timeline', () => {
  const periods = [
    period('a/1', '2025-01-01T00:00:00Z', '2025-01-02T00:00:00Z'),
    period('a/2', '2025-01-02T00:00:00Z')
  ];

  it('places periods on one scale, newest first', () => {
    const found = placed(periods, new Date('2025-01-05T00:00:00Z'));
    expect(found.map(one => [one.period.package, one.from, one.share])).toEqual([
      ['a/2', 0.25, 0.75],
      ['a/1', 0, 0.25]
    ]);
    expect(placed([])).toEqual([]);
  });

  it('knows what was there before', () => {
    expect(previous(periods)?.package).toBe('a/1');
    expect(previous(periods.slice(0, 1))).toBeUndefined();
  });

  it('names UTC days, today last', () => {
    const found = days(3, new Date('2025-03-02T00:30:00Z'), 'en');
    expect(found.map(day => day.short)).toEqual(['Fri', 'Sat', 'Sun']);
    expect(found[0].full).toBe('Friday, February 28, 2025');
  });
});

const deployment = {
  id: 3,
  label: 'churn "EU"',
  description: '',
  importance: 'high',
  association_id_column: null,
  association_id_required: false,
  prediction_threshold: 0.4,
  store_features: false,
  segment_columns: ['region'],
  target_type: 'binary',
  target_name: 'left',
  class_labels: ['no', "it's"],
  positive_class: "it's"
} as unknown as DeploymentPublic;

describe('settings', () => {
  const now = inForce(deployment);

  it('are sent as far as they were changed', () => {
    let draft: Draft = changed({}, now, 'label', ' churn ');
    draft = changed(draft, now, 'prediction_threshold', '');
    draft = changed(draft, now, 'association_id_column', 'visit');
    draft = changed(draft, now, 'predict_seconds', ' 2.5 ');
    draft = changed(draft, now, 'importance', 'low');
    draft = changed(draft, now, 'importance', 'high');
    expect(withDraft(now, draft)).toMatchObject({ label: ' churn ', importance: 'high' });
    expect(bodyOf(draft)).toEqual({
      label: 'churn',
      prediction_threshold: null,
      predict_seconds: 2.5,
      association_id_column: 'visit'
    });
  });

  it('that others changed meanwhile are told', () => {
    const draft = changed({}, now, 'description', 'mine');
    expect(conflicts(now, draft)).toEqual([]);
    expect(conflicts({ ...now, description: 'theirs' }, draft)).toEqual(['description']);
    expect(conflicts({ ...now, description: 'mine' }, draft)).toEqual([]);
  });

  it('are looked at before they are sent', () => {
    const wrong = (typed: Partial<typeof now>) => Object.keys(faults({ ...now, ...typed }, trans));
    expect(wrong({})).toEqual([]);
    expect(wrong({ label: ' ' })).toEqual(['label']);
    expect(wrong({ label: '12' })).toEqual(['label']);
    expect(wrong({ prediction_threshold: '1.2' })).toEqual(['prediction_threshold']);
    expect(wrong({ prediction_threshold: 'x' })).toEqual(['prediction_threshold']);
    expect(wrong({ predict_seconds: '0' })).toEqual(['predict_seconds']);
    expect(wrong({ association_id_required: true })).toEqual(['association_id_column']);
    expect(wrong({ association_id_column: 'region' })).toEqual(['segment_columns']);
    expect(wrong({ segment_columns: ['a', 'b', 'c', 'd', 'e', 'f'] })).toEqual(['segment_columns']);
  });
});

describe('code', () => {
  const parts = {
    deployment,
    package: {
      signature: [{ name: 'a"b', dtype: 'number', nullable: true }]
    } as unknown as PackagePublic,
    server: 'http://localhost:8888/user/ada/',
    address: 'http://localhost:8888/user/ada/jupyter-registry/api/v1/deployments/churn%20%22EU%22',
    key: 'jrk_secret'
  };

  it('writes values as Python does', () => {
    expect(python({ a: [1.5, null, true, "it's", 'ü\n'] })).toBe(
      '{"a": [1.5, None, True, "it\'s", "ü\\n"]}'
    );
  });

  it('gives a shell one word', () => {
    expect(shell('it\'s $HOME "x"')).toBe(`'it'\\''s $HOME "x"'`);
  });

  it('has address, label and key in it', () => {
    const [inPython, curl] = reporting(parts);
    expect(inPython.code).toContain(
      '"http://localhost:8888/user/ada/", "jrk_secret", "churn \\"EU\\""'
    );
    expect(inPython.code).toContain('{"association_id": "id-1", "value": "it\'s"}');
    expect(curl.code).toContain(`curl '${parts.address}/reports'`);
    const [, wholeByCurl] = asking(parts);
    expect(wholeByCurl.code).toContain('/predictions/unstructured');
    const ofModel = predicting(parts).map(snippet => snippet.code);
    expect(ofModel[1]).toContain('json=[{"a\\"b": 1.5}]');
    expect(ofModel[1]).toContain('"Bearer jrk_secret"');
    expect(reporting({ ...parts, key: undefined })[0].code).toContain('"jrk_…"');
  });
});

describe('a refusal for the state of a deployment', () => {
  const inactive = { ...deployment, state: 'inactive' } as DeploymentPublic;
  const active = { ...deployment, state: 'active' } as DeploymentPublic;
  const refused = (of: DeploymentPublic, type = 'DeploymentInactive'): Job<void> => {
    const fields = { state: 'inactive' };
    const problem = { type, title: '', status: 409, detail: '', advice: '', fields };
    return { state: 'failed', error: new ProblemError(problem), taken: 0, of };
  };

  it('is overcome once the deployment was read with another state', () => {
    expect(isOvercome(refused(inactive), inactive)).toBe(false);
    expect(isOvercome(refused(inactive), { ...inactive })).toBe(false);
    expect(isOvercome(refused(inactive), active)).toBe(true);
  });

  it('stands where what is shown was read before', () => {
    expect(isOvercome(refused(active), active)).toBe(false);
    expect(isOvercome(refused(active), inactive)).toBe(false);
  });

  it('is no other refusal', () => {
    expect(isOvercome(refused(inactive, 'ModelRejectedInput'), active)).toBe(false);
    expect(isOvercome({ state: 'idle' }, active)).toBe(false);
  });
});
