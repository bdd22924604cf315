// The register form without drawing: its fields, what was dropped, drafts, inspection.
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  asksFor,
  classesText,
  EMPTY,
  type FieldName,
  fieldsFound,
  inspectionBody,
  packageBody,
  problems,
  readAliases,
  readClasses
} from '../src/documents/register/draft';
import { Drafts } from '../src/documents/register/drafts';
import { dropped, fromInput } from '../src/components/dropped';
import { Registration } from '../src/documents/register/registration';
import { readSignature } from '../src/documents/register/signatureText';
import { chosen, FakeServer } from './fakeUploads';

const trans = nullTranslator.load('jupyter_registry');
const BINARY = { ...EMPTY, name: 'churn', target: 'left', targetType: 'binary' as const };

describe('the fields', () => {
  it('say what is missing and wrong', () => {
    expect(Object.keys(problems('custom', EMPTY, trans))).toEqual(['name', 'target', 'targetType']);
    expect(problems('custom', { ...BINARY, classes: 'no, yes' }, trans)).toEqual({});
    expect(Object.keys(problems('custom', { ...BINARY, classes: 'no' }, trans))).toEqual([
      'classes'
    ]);
    const amount = { ...BINARY, targetType: 'regression' as const, classes: 'a', threshold: '7' };
    expect(problems('custom', amount, trans)).toEqual({});
    const wrong = { ...BINARY, classes: 'a,a', signature: 'age', tags: ':', aliases: '1' };
    expect(Object.keys(problems('custom', wrong, trans)).sort()).toEqual([
      'aliases',
      'classes',
      'signature',
      'tags'
    ]);
  });

  it('ask for what the type of the target needs', () => {
    const scores = { ...EMPTY, name: 'odd', targetType: 'anomaly' as const, classes: 'a' };
    expect(problems('custom', scores, trans)).toEqual({});
    expect(packageBody('custom', scores, {})).toMatchObject({ target_name: '', class_labels: [] });
    const whole = { ...scores, targetType: 'unstructured' as const, signature: 'not one' };
    expect(asksFor('target', 'custom', whole)).toBe(false);
    expect(problems('custom', whole, trans)).toEqual({});
    const body = packageBody('custom', { ...whole, target: 'left', signature: 'age: integer' }, {});
    expect(body).toMatchObject({ target_type: 'unstructured', target_name: '', signature: [] });
  });

  it('read and write class labels, also those with commas', () => {
    expect(readClasses(' no, yes ,')).toEqual(['no', 'yes']);
    for (const labels of [['no', 'yes'], ['a, b', 'c'], ['a, b']]) {
      expect(readClasses(classesText(labels))).toEqual(labels);
    }
    expect(readAliases('@champion, next')).toEqual(['champion', 'next']);
  });

  it('read signatures', () => {
    expect(readSignature('age: integer\n\na:b: string?').columns).toEqual([
      { name: 'age', dtype: 'integer', nullable: false },
      { name: 'a:b', dtype: 'string', nullable: true }
    ]);
    expect(readSignature('age: integer\nincome: money').wrongLine).toBe(2);
    expect(readSignature('age').wrongLine).toBe(1);
    expect(readSignature('age: integer\nage: number').twice).toBe('age');
  });

  it('tell an inspection what was typed alone', () => {
    const fields = { ...BINARY, classes: 'no, yes', threshold: '0.5' };
    const typed = new Set<FieldName>(['target', 'name']);
    const files = { model: ['m.skops'], training: '_training/a.csv' };
    expect(inspectionBody('custom', fields, typed, files)).toEqual({
      kind: 'custom',
      files: ['m.skops'],
      training: '_training/a.csv',
      target_name: 'left'
    });
  });

  it('say whose the code in pickles is, of a model that is loaded here alone', () => {
    const fields = { ...BINARY, own: 'yes' as const };
    const typed = new Set<FieldName>(['own']);
    const files = { model: ['m.pkl'] };
    expect(inspectionBody('custom', fields, typed, files)).toMatchObject({ own_code: true });
    expect(packageBody('custom', fields, {})).toMatchObject({ own_code: true });
    expect(inspectionBody('external', fields, typed, files)).not.toHaveProperty('own_code');
    expect(packageBody('external', fields, {})).not.toHaveProperty('own_code');
    expect(packageBody('custom', BINARY, {})).not.toHaveProperty('own_code');
  });

  it('make a package of what was found and what was typed', () => {
    const found = {
      format: 'skops',
      upload: 'u',
      files: ['m.skops'],
      target_name: 'left',
      target_type: 'binary',
      class_labels: ['no', 'yes'],
      positive_class: 'no',
      prediction_threshold: 0.5,
      signature: [{ name: 'age', dtype: 'number', nullable: true }],
      baseline: { metrics: {} }
    };
    const filled = fieldsFound(found);
    expect(filled).toMatchObject({ classes: 'no, yes', positive: 'no', signature: 'age: number?' });
    const fields = { ...EMPTY, ...filled, name: ' churn ', tags: 'team: x', aliases: '@best' };
    expect(packageBody('custom', fields, found)).toEqual({
      ...found,
      kind: 'custom',
      name: 'churn',
      description: '',
      tags: { team: 'x' },
      aliases: ['best']
    });
    const amount = { ...fields, targetType: 'regression' as const };
    expect(packageBody('external', { ...amount, location: 'https://x' }, {})).toMatchObject({
      class_labels: [],
      positive_class: null,
      prediction_threshold: null,
      location: 'https://x'
    });
  });
});

describe('what was dropped', () => {
  const folder = (files: Record<string, string>) =>
    Object.entries(files).map(([webkitRelativePath, text]) =>
      Object.assign(new File([text], webkitRelativePath.split('/').pop()!), {})
    );

  it('loses the folder that has it all, caches, and hidden files of it', () => {
    const paths = ['m/custom.py', 'm/data/x.bin', 'm/.env', 'm/__pycache__/a.pyc'];
    const files = folder(Object.fromEntries(paths.map(path => [path, ''])));
    files.forEach((file, at) =>
      Object.defineProperty(file, 'webkitRelativePath', { value: paths[at] })
    );
    const { found, hidden } = fromInput(files);
    expect(found.map(({ path }) => path)).toEqual(['custom.py', 'data/x.bin']);
    expect(hidden).toEqual(['m/.env']);
  });

  it('walks folders that are given in parts', async () => {
    const file = (name: string) => ({
      isFile: true,
      name,
      file: (done: (file: File) => void) => done(new File(['x'], name))
    });
    const parts = [[file('a.txt')], [file('b.txt'), file('.hidden')], []];
    const entry = {
      isFile: false,
      name: 'model',
      createReader: () => ({ readEntries: (done: (part: unknown) => void) => done(parts.shift()) })
    };
    const transfer = {
      items: [{ kind: 'file', webkitGetAsEntry: () => entry }],
      files: []
    } as unknown as DataTransfer;
    const { found, hidden } = await dropped(transfer);
    expect(found.map(({ path }) => path)).toEqual(['a.txt', 'b.txt']);
    expect(hidden).toEqual(['model/.hidden']);
  });
});

describe('a registration', () => {
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 50 }));
  afterEach(() => void vi.useRealTimers());

  it('fills in what is not typed, asks again for what is, and registers', async () => {
    const server = new FakeServer();
    server.found = {
      target_name: 'left',
      target_type: 'binary',
      class_labels: ['no', 'yes'],
      signature: []
    };
    const one = new Registration(server.api, new Drafts(null), 'f');
    expect(await one.submit(trans)).toBeUndefined();
    expect(Object.keys(one.problems(trans))).toContain('name');
    one.sending.addFiles('model', chosen('m.skops'));
    one.set({ name: 'churn' });
    await one.proceed();
    expect(one.fields).toMatchObject({ target: 'left', classes: 'no, yes' });
    expect(server.inspected).toHaveLength(1);

    one.set({ target: 'right' });
    await vi.waitFor(() => expect(server.inspected).toHaveLength(2), 5000);
    await vi.waitFor(() => expect(one.inspecting).toBe(false), 5000);
    expect(server.inspected[1]).toMatchObject({ target_name: 'right' });
    expect(one.fields.target).toBe('right');

    const made = await one.submit(trans);
    expect(server.inspected).toHaveLength(2);
    expect(made).toMatchObject({
      name: 'churn',
      target_name: 'right',
      upload: 'u1',
      files: ['m.skops']
    });
    one.dispose();
  });

  it('looks again once the code is said to be one’s own, and keeps that in the draft', async () => {
    const server = new FakeServer();
    server.found = { target_name: 'left', target_type: 'regression' };
    const drafts = new Drafts(new StateDB());
    const one = new Registration(server.api, drafts, 'f');
    one.sending.addFiles('model', chosen('m.pkl'));
    await one.proceed();
    one.set({ own: 'yes' });
    await vi.waitFor(() => expect(server.inspected).toHaveLength(2), 5000);
    await vi.waitFor(() => expect(one.inspecting).toBe(false), 5000);
    expect(server.inspected[1]).toMatchObject({ own_code: true });
    one.dispose();
    await vi.waitFor(async () => expect(await drafts.load('f')).toBeDefined());

    const other = new Registration(server.api, drafts, 'f');
    await other.resume();
    expect(other.fields.own).toBe('yes');
    other.set({ name: 'mine' });
    expect(await other.submit(trans)).toMatchObject({ own_code: true });
    other.dispose();
  });

  it('looks once at what was changed twice, and waits for it before it registers', async () => {
    const server = new FakeServer();
    server.found = { target_name: 'left', target_type: 'regression' };
    const one = new Registration(server.api, new Drafts(null), 'f');
    one.sending.addFiles('model', chosen('m.skops'));
    void one.proceed();
    await vi.waitFor(() => expect(one.inspecting).toBe(true));
    one.sending.addFiles('training', chosen('a.csv'));
    void one.proceed();
    one.sending.addFiles('holdout', chosen('b.csv'));
    void one.proceed();
    one.set({ name: 'churn' });
    expect(await one.submit(trans)).toMatchObject({ target_name: 'left' });
    expect(server.inspected).toHaveLength(2);
    expect(server.inspected[1]).toMatchObject({
      training: '_training/a.csv',
      holdout: '_holdout/b.csv'
    });
    one.dispose();
  });

  it('is not looked at when that was cancelled, and forgets what it found of files that are gone', async () => {
    const server = new FakeServer();
    server.found = { target_name: 'left', target_type: 'regression' };
    const one = new Registration(server.api, new Drafts(null), 'f');
    one.sending.addFiles('model', chosen('m.skops'));
    const looking = one.proceed();
    await vi.waitFor(() => expect(one.inspecting).toBe(true));
    await one.cancelLook();
    await looking;
    expect(one.unseen).toBe(true);
    await one.proceed();
    expect(server.inspected).toHaveLength(1);
    await one.lookAgain();
    expect(one.inspection?.state).toBe('done');
    await one.sending.remove(one.sending.items[0].id);
    await one.proceed();
    expect(one.inspection).toBeUndefined();
    expect(one.unseen).toBe(false);
    one.dispose();
  });

  it('is taken up again by another panel, with what was sent', async () => {
    const server = new FakeServer();
    const drafts = new Drafts(new StateDB());
    const one = new Registration(server.api, drafts, 'f');
    one.set({ description: 'who leaves' });
    one.sending.addFiles('model', chosen('m.skops'));
    await one.proceed();
    one.dispose();
    await vi.waitFor(async () => expect(await drafts.latest(() => false)).toBe('f'));
    expect(await drafts.latest(form => form === 'f')).toBeUndefined();

    const other = new Registration(server.api, drafts, 'f');
    await other.resume();
    expect(other.resumed).toBe(true);
    expect(other.fields.description).toBe('who leaves');
    expect(other.sending.paths('model')).toEqual(['m.skops']);
    expect(other.sending.complete).toBe(true);
    await other.clear();
    expect(await drafts.load('f')).toBeUndefined();
    expect(server.uploads.size).toBe(0);
    other.dispose();
  });

  it('is not kept once it is a package', async () => {
    for (const kind of ['custom', 'external'] as const) {
      const server = new FakeServer();
      const drafts = new Drafts(new StateDB());
      const one = new Registration(server.api, drafts, 'f', { kind });
      one.set({ ...BINARY, classes: 'no, yes', location: 'https://models.example' });
      const role = kind === 'custom' ? 'model' : 'holdout';
      one.sending.addFiles(role, chosen(kind === 'custom' ? 'm.skops' : 'rows.csv'));
      await one.proceed();
      await vi.waitFor(async () => expect(await drafts.load('f')).toBeDefined());
      expect(await one.submit(trans)).toBeDefined();
      await new Promise(resolve => setTimeout(resolve, 500)); // nothing is saved a little later
      one.dispose();
      await new Promise(resolve => setTimeout(resolve, 50));
      expect(await drafts.load('f')).toBeUndefined();
    }
  });
});
