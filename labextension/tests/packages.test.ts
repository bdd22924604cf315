// Packages without drawing: comparison, rules of names, where a notebook is.
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { PackagePublic } from '../src/api/types';
import { compare } from '../src/documents/package/compare/compare';
import {
  deploymentBody,
  deployProblems,
  emptyDeployment
} from '../src/documents/package/deployment';
import { barHeights } from '../src/documents/package/Distribution';
import { contentsPaths } from '../src/documents/package/notebookPath';
import { factsOf } from '../src/documents/package/shape';
import { aliasProblem, nameProblem, readTag, tagProblem } from '../src/documents/package/rules';

const trans = nullTranslator.load('jupyter_registry');

function shown(change: Partial<PackagePublic>): PackagePublic {
  return {
    id: 1,
    name: 'churn',
    version: 1,
    kind: 'custom',
    target_name: 'left',
    target_type: 'binary',
    class_labels: ['no', 'yes'],
    created_at: '2026-03-01T00:00:00Z',
    created_by: 'ada',
    signature: [{ name: 'age', dtype: 'number', nullable: false }],
    ...change
  } as PackagePublic;
}

describe('comparison', () => {
  it('marks what differs, also where one has nothing', () => {
    const one = shown({
      baseline: { metrics: { auc: { value: 0.91, n: 10 } } },
      provenance: { python: '3.11', libraries: { numpy: '1' }, parameters: { C: 1, tol: 0.1 } }
    });
    const other = shown({
      id: 2,
      version: 2,
      signature: [
        { name: 'age', dtype: 'number', nullable: true },
        { name: 'income', dtype: 'number' }
      ],
      baseline: { metrics: { auc: { value: 0.93, n: 10 } } },
      provenance: { python: '3.11', libraries: { numpy: '2' }, parameters: { C: 2, tol: 0.1 } }
    });
    const parts = Object.fromEntries(
      compare(one, other, trans).map(({ id, rows }) => [id, rows.filter(row => row.differs)])
    );
    expect(parts.facts).toEqual([]);
    expect(parts.signature.map(({ name, left, right }) => [name, left, right])).toEqual([
      ['age', 'number', 'number, may be missing'],
      ['income', undefined, 'number']
    ]);
    expect(parts.metrics).toEqual([{ name: 'AUC', left: '0.91', right: '0.93', differs: true }]);
    expect(parts.parameters.map(({ name }) => name)).toEqual(['C']);
    expect(parts.libraries.map(({ name }) => name)).toEqual(['numpy']);
    expect(parts.files).toBeUndefined();
  });

  it('compares files by content and values before they are rounded', () => {
    const file = (sha256: string) => ({ path: 'model.skops', sha256: sha256.repeat(64), size: 5 });
    const parts = compare(
      shown({ files: [file('a')], baseline: { metrics: { auc: { value: 0.900001 } } } }),
      shown({ files: [file('b')], baseline: { metrics: { auc: { value: 0.900002 } } } }),
      trans
    );
    expect(parts.filter(part => part.differences).map(({ id }) => id)).toEqual([
      'metrics',
      'files'
    ]);
  });
});

describe('rules', () => {
  it.each(['churn', 'Churn 2.0', '_x', 'a-b.c'])('takes the name %s', name => {
    expect(nameProblem(name, trans)).toBeUndefined();
  });
  it.each(['', ' a', 'a ', '-a', 'a/b', 'ä', 'a'.repeat(201)])('refuses the name “%s”', name => {
    expect(nameProblem(name, trans)).toBeDefined();
  });
  it('refuses aliases that the server refuses', () => {
    expect(aliasProblem('champion', trans)).toBeUndefined();
    for (const alias of ['', 'latest', '1st', 'a b', 'a.b']) {
      expect(aliasProblem(alias, trans)).toBeDefined();
    }
  });
  it('reads tags', () => {
    expect(readTag('team: growth: north')).toEqual(['team', 'growth: north']);
    expect(readTag(' checked ')).toEqual(['checked', '']);
    expect(tagProblem(': x', trans)).toBeDefined();
    expect(tagProblem('x', trans)).toBeUndefined();
  });
});

describe('a deployment', () => {
  it('is made of what was typed alone', () => {
    const draft = emptyDeployment(shown({}));
    expect(deploymentBody(shown({}), draft)).toEqual({
      label: 'churn',
      description: '',
      importance: 'moderate'
    });
    const typed = {
      ...draft,
      threshold: '0.4',
      association: ' id ',
      required: true,
      segments: 'a, b, a,'
    };
    expect(deploymentBody(shown({}), typed)).toMatchObject({
      prediction_threshold: 0.4,
      association_id_column: 'id',
      association_id_required: true,
      segment_columns: ['a', 'b']
    });
    expect(deploymentBody(shown({ target_type: 'regression' }), typed)).not.toHaveProperty(
      'prediction_threshold'
    );
  });

  it('says what is wrong', () => {
    const draft = emptyDeployment(shown({}));
    expect(deployProblems(draft, trans)).toEqual({});
    const wrong = { ...draft, label: ' ', required: true, threshold: '1,5', segments: 'abcdef' };
    wrong.segments = wrong.segments.split('').join(',');
    expect(Object.keys(deployProblems(wrong, trans)).sort()).toEqual([
      'association',
      'label',
      'segments',
      'threshold'
    ]);
  });
});

describe('a distribution', () => {
  it('has the density of bins that are differently wide', () => {
    expect(barHeights({ counts: [10, 10], edges: [0, 1, 3] })).toEqual([1, 0.5]);
    expect(barHeights({ counts: [4, 1], categories: ['a', 'b'] })).toEqual([1, 0.25]);
    expect(barHeights({ counts: [7], edges: [2, 2] })).toEqual([1]);
  });
});

/** An absolute path of these parts. */
const absolute = (...parts: string[]) => ['', ...parts].join('/');

describe('where a notebook is in the contents', () => {
  const top = absolute('top');
  const home = absolute('people', 'ada');
  it.each([
    ['notes/a.ipynb', home, ['notes/a.ipynb']],
    [`${top}/notes/a.ipynb`, top, ['notes/a.ipynb']],
    [absolute('other', 'a.ipynb'), top, []],
    [`${home}/lab/notes/a.ipynb`, '~/lab', ['notes/a.ipynb']],
    [`${home}/notes/a.ipynb`, '~', ['notes/a.ipynb', 'ada/notes/a.ipynb']],
    [absolute('root', 'a.ipynb'), '~', ['a.ipynb']],
    ['C:\\Users\\ada\\lab\\a.ipynb', 'C:\\Users\\ada\\lab', ['a.ipynb']]
  ])('%s under %s', (path, root, found) => {
    expect(contentsPaths(path, root)).toEqual(found);
  });
});

it('tells a fact with parts part by part, of means the mean', () => {
  const validation = { auc: { mean: 0.7, spread: null }, log_loss: { mean: 0.5, spread: 0.1 } };
  expect(factsOf('training', { engine: { name: 'FLAML' }, seed: 0, validation })).toEqual([
    ['training: engine', 'name FLAML'],
    ['training: seed', '0'],
    ['training: validation', 'auc 0.7, log_loss 0.5']
  ]);
  expect(factsOf('trained_on', 'all rows')).toEqual([['trained on', 'all rows']]);
});
